package io.github.secretsource.test;

import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** What {@link SecretsTest} does, for JUnit to run. Safe for concurrent use: all state is in the context of a test. */
public final class SecretsExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SecretsExtension.class);
    private static final Set<Class<?>> TYPES =
            Set.of(TestSecrets.class, Secrets.class, FakeTime.class, InMemorySecrets.class);

    /** For JUnit. */
    public SecretsExtension() {}

    /** All that one test was given. */
    private record SetUp(TestSecrets test, Map<String, InMemorySecrets> sources, HandleCount handles, boolean strict) {}

    @Override
    public void beforeEach(ExtensionContext context) {
        var wanted = annotation(context);
        var sources = new LinkedHashMap<String, InMemorySecrets>();
        var handles = new HandleCount();
        var time = FakeTime.advancingItself();
        var builder = Secrets.builder().time(time).listener(handles);
        for (String name : wanted.map(SecretsTest::sources).orElse(new String[] {"mem"})) {
            var source = InMemorySecrets.create();
            builder.source(name, source);
            sources.put(name, source);
        }
        var test = new TestSecrets(sources, time, builder.build());
        boolean strict = wanted.map(SecretsTest::strict).orElse(true);
        store(context).put(SetUp.class, new SetUp(test, sources, handles, strict));
    }

    private static Optional<SecretsTest> annotation(ExtensionContext context) {
        var onMethod = AnnotationSupport.findAnnotation(context.getTestMethod(), SecretsTest.class);
        return onMethod.isPresent()
                ? onMethod
                : AnnotationSupport.findAnnotation(
                        context.getRequiredTestClass(), SecretsTest.class, context.getEnclosingTestClasses());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        SetUp setUp = setUp(context);
        String open = "";
        try {
            setUp.test().time().settle();
            open = closedByTest(setUp) ? "" : setUp.handles().open();
        } finally {
            setUp.test().secrets().close();
        }
        setUp.sources().values().forEach(InMemorySecrets::checkNoWatches);
        if (setUp.strict() && !open.isEmpty() && context.getExecutionException().isEmpty()) {
            throw new AssertionError("handles still open at the end of the test: " + open
                    + "; close them, or the Secrets they are of, or say @SecretsTest(strict = false)");
        }
    }

    /** Whether the application has closed its secrets, and its handles with them. */
    private static boolean closedByTest(SetUp setUp) {
        try {
            setUp.sources().values().forEach(source -> source.hint("closed"));
            return false;
        } catch (IllegalStateException e) {
            return true; // Sources are closed by their Secrets.
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        boolean perTest = parameter.getDeclaringExecutable() instanceof Method method
                && !Modifier.isStatic(method.getModifiers());
        return perTest && TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        SetUp setUp = setUp(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == Secrets.class) {
            return setUp.test().secrets();
        }
        if (type == FakeTime.class) {
            return setUp.test().time();
        }
        return type == InMemorySecrets.class ? onlySource(setUp) : setUp.test();
    }

    private static InMemorySecrets onlySource(SetUp setUp) {
        if (setUp.sources().size() > 1) {
            throw new ParameterResolutionException("which source? This test has "
                    + String.join(", ", setUp.sources().keySet()) + ": take TestSecrets and ask for source(name)");
        }
        return setUp.sources().values().iterator().next();
    }

    private static SetUp setUp(ExtensionContext context) {
        return Objects.requireNonNull(store(context).get(SetUp.class, SetUp.class), "set up before each test");
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }
}
