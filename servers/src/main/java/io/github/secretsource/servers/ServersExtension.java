package io.github.secretsource.servers;

import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.host.ServerMissingException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;

/** Resolves parameters whose types are {@link Kind servers}, and skips tests of servers that are not to be had. */
final class ServersExtension
        implements ExecutionCondition,
                ParameterResolver,
                InvocationInterceptor,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final Namespace NAMESPACE = Namespace.create(ServersExtension.class);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    /** Starts what the constructor or the test method asks for: a parameter that cannot be resolved is a failure. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Stream<? extends Executable> asking = context.getTestMethod().isPresent()
                ? context.getTestMethod().stream()
                : context.getTestClass().stream().flatMap(type -> Arrays.stream(type.getDeclaredConstructors()));
        try {
            asking.flatMap(one -> Arrays.stream(one.getParameterTypes()))
                    .flatMap(type -> Kind.of(type).stream())
                    .forEach(kind -> server(kind, context));
            return ConditionEvaluationResult.enabled("its servers are there");
        } catch (ServerMissingException e) {
            return isSkipped(e)
                    ? ConditionEvaluationResult.disabled(e.getMessage())
                    : ConditionEvaluationResult.enabled("it must fail where nothing may be missing");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return Kind.of(parameter.getParameter().getType()).isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server(Kind.of(parameter.getParameter().getType()).orElseThrow(), context);
    }

    private static Server server(Kind kind, ExtensionContext context) {
        return context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(kind, one -> new Shared(one.start()), Shared.class)
                .get();
    }

    @Override
    public <T> T interceptTestClassConstructor(
            Invocation<T> constructor, ReflectiveInvocationContext<Constructor<T>> called, ExtensionContext context)
            throws Throwable {
        try {
            return constructor.proceed();
        } catch (ServerMissingException | NotOursException e) {
            throw outcome(e);
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
        if (thrown instanceof ServerMissingException missing && isSkipped(missing)) {
            return new TestAbortedException(missing.getMessage());
        }
        return thrown instanceof NotOursException ? new TestAbortedException(thrown.getMessage(), thrown) : thrown;
    }

    /** In CI all must be there but the one that takes ten minutes to build and is only compared with. */
    private static boolean isSkipped(ServerMissingException missing) {
        boolean skipped = System.getenv("CI") == null || missing.server().equals(Kind.VAULT.toString());
        if (skipped && TOLD.add(String.valueOf(missing.getMessage()))) {
            System.err.println("SKIPPED, all its tests: " + missing.getMessage());
        }
        return skipped;
    }
}
