package io.github.secretsource.servers;

import io.github.secretsource.servers.host.ServerMissingException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/** Resolves parameters whose types are {@link Kind servers}. */
final class ServersExtension implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ServersExtension.class);
    private static final Set<Kind> TOLD = ConcurrentHashMap.newKeySet();

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return kind(parameter).isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Kind kind = kind(parameter).orElseThrow();
        try {
            return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                    .computeIfAbsent(kind, one -> new Shared(one.start()), Shared.class)
                    .get();
        } catch (ServerMissingException e) {
            if (System.getenv("CI") != null) {
                throw e;
            }
            if (TOLD.add(kind)) {
                System.err.println("SKIPPED, all tests with " + kind + ": " + e.getMessage());
            }
            throw new TestAbortedException(e.getMessage());
        }
    }

    private static Optional<Kind> kind(ParameterContext parameter) {
        return Kind.of(parameter.getParameter().getType());
    }
}
