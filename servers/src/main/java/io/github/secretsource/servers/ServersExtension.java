package io.github.secretsource.servers;

import io.github.secretsource.servers.host.ServerMissingException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Resolves parameters whose types are {@link Kind servers}, and skips tests of servers that are not to be had. */
final class ServersExtension
        implements ParameterResolver, TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(ServersExtension.class);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

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
            throw skipped(e);
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw outcome(thrown);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw outcome(thrown);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        throw outcome(thrown);
    }

    /** A server that a property names has no process or log of ours: tests that need one cannot run. */
    private static Throwable outcome(Throwable thrown) {
        if (thrown instanceof ServerMissingException missing) {
            return skipped(missing);
        }
        boolean isForeign =
                System.getProperties().stringPropertyNames().stream().anyMatch(name -> name.startsWith("servers."));
        return thrown instanceof UnsupportedOperationException && isForeign
                ? new TestAbortedException(thrown.getMessage(), thrown)
                : thrown;
    }

    private static RuntimeException skipped(ServerMissingException missing) {
        if (System.getenv("CI") != null) {
            return missing;
        }
        if (TOLD.add(String.valueOf(missing.getMessage()))) {
            System.err.println("SKIPPED, all its tests: " + missing.getMessage());
        }
        return new TestAbortedException(missing.getMessage());
    }

    private static Optional<Kind> kind(ParameterContext parameter) {
        return Kind.of(parameter.getParameter().getType());
    }
}
