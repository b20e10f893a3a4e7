package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.google.gson.Gson;
import io.github.secretsource.test.Canary;
import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No public type lets a value out, whatever prints, hashes or serialises it. */
class PublicTypesTest {

    private static final String ROOT = "io.github.secretsource";
    private static final List<String> EXPORTED = List.of(ROOT, ROOT + ".spi", ROOT + ".source", ROOT + ".view");
    private static final Set<String> WAYS_OUT = Set.of("reveal", "revealBytes", "use", "useChars");

    private static PublicInstances instances;
    private static Canary canary;

    @BeforeAll
    static void make(@TempDir Path folder) throws Exception {
        instances = PublicInstances.of(folder);
        canary = instances.canary();
    }

    @AfterAll
    static void close() {
        instances.close();
    }

    @Test
    void everyPublicTypeIsLookedAtHere() {
        var unseen = publicTypes()
                .filter(type -> instances.all().stream().noneMatch(type::isInstance))
                .filter(PublicTypesTest::hasInstances)
                .map(Class::getName);

        assertThat(unseen).isEmpty();
    }

    private static boolean hasInstances(Class<?> type) {
        return type.isInterface()
                || Stream.of(type.getConstructors()).findAny().isPresent()
                || Stream.of(type.getDeclaredMethods()).anyMatch(method -> !Modifier.isStatic(method.getModifiers()));
    }

    @Test
    @DisplayName("L9 L12 L33 nothing prints a value")
    void printsNoValue() {
        for (Object one : instances.all()) {
            assertHidden(one, "toString", String.valueOf(one));
            assertHidden(one, "%s", String.format("%s %1$S", one));
        }
        assertHidden(instances, "all together", instances.all().toString());
    }

    @Test
    @DisplayName("L7 no error prints a value")
    void printsNoValueInErrors() {
        for (Object one : instances.all()) {
            if (one instanceof Throwable thrown) {
                assertHidden(one, "stack", TestSecrets.printed(thrown));
                assertThat(thrown).hasNoCause().hasNoSuppressedExceptions();
            }
        }
    }

    @Test
    @DisplayName("L13 nothing but reveal, revealBytes, use and useChars lets a value out")
    void noGetterReturnsAValue() throws Exception {
        var called = new ArrayList<String>();
        for (Object one : instances.all()) {
            for (Class<?> type : publicTypesOf(one)) {
                for (Method method : type.getDeclaredMethods()) {
                    if (isGetter(method) && !isWayOut(method)) {
                        called.add(method.getName());
                        assertHidden(one, method.toString(), text(method, one));
                    }
                }
            }
        }
        assertThat(called).hasSizeGreaterThan(100).contains("version", "problem", "fieldNames", "document");
    }

    @Test
    void noMethodTakesAnArrayToFillWithAValue() {
        var leaving = publicTypes()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> method.getReturnType() == byte[].class || method.getReturnType() == char[].class)
                .map(Method::getName);

        assertThat(leaving).containsExactly("revealBytes");
    }

    @Test
    @DisplayName("L13 Jackson and Gson see no value")
    void serialisersSeeNoValue() {
        var lenient = new ObjectMapper().disable(SerializationFeature.FAIL_ON_EMPTY_BEANS);
        var curious = lenient.copy().setVisibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.ANY);
        var gson = new Gson();

        for (Object one : instances.handedAround()) {
            assertHidden(one, "Jackson", written(() -> new ObjectMapper().writeValueAsString(one)));
            assertHidden(one, "lenient Jackson", written(() -> lenient.writeValueAsString(one)));
            assertHidden(one, "Jackson by fields", written(() -> curious.writeValueAsString(one)));
            assertHidden(one, "Gson", written(() -> gson.toJson(one)));
        }
    }

    @Test
    @DisplayName("L14 Java serialisation sees no value")
    void javaSerialisationSeesNoValue() {
        for (Object one : instances.all()) {
            var out = new ByteArrayOutputStream();
            String failure = written(() -> {
                try (var objects = new ObjectOutputStream(out)) {
                    objects.writeObject(one);
                }
                return "";
            });

            assertHidden(one, "Java serialisation", failure + out.toString(StandardCharsets.ISO_8859_1));
        }
    }

    private interface Writing {
        String write() throws Exception;
    }

    /** What was written, or what the failure to write prints. */
    private static String written(Writing writing) {
        try {
            return String.valueOf(writing.write());
        } catch (Exception | StackOverflowError | LinkageError e) {
            return TestSecrets.printed(e);
        }
    }

    private static void assertHidden(Object one, String how, String text) {
        assertThat(canary.findIn(text))
                .as(one.getClass().getName() + " by " + how)
                .isEmpty();
    }

    private static boolean isGetter(Method method) {
        return Modifier.isPublic(method.getModifiers())
                && !Modifier.isStatic(method.getModifiers())
                && method.getParameterCount() == 0
                && method.getReturnType() != void.class;
    }

    /** The two that reveal, and the data that a lease of the test makes. */
    private static boolean isWayOut(Method method) {
        return method.getDeclaringClass() == SecretValue.class && WAYS_OUT.contains(method.getName());
    }

    private static String text(Method method, Object one) throws Exception {
        method.setAccessible(true);
        Object result;
        try {
            result = method.invoke(one);
        } catch (java.lang.reflect.InvocationTargetException e) {
            return TestSecrets.printed(e);
        }
        if (result instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
        if (result instanceof char[] chars) {
            return new String(chars);
        }
        return result instanceof Optional<?> optional
                ? optional.map(Object::toString).orElse("")
                : "" + result;
    }

    private static List<Class<?>> publicTypesOf(Object one) {
        return publicTypes().filter(type -> type.isInstance(one)).toList();
    }

    /** The public types of the exported packages, nested ones included. */
    private static Stream<Class<?>> publicTypes() {
        Path classes = folder();
        try (var files = Files.walk(classes)) {
            var names = files.map(file -> classes.relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
                    .map(name ->
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))
                    .toList();
            return names.stream()
                    .<Class<?>>map(PublicTypesTest::load)
                    .filter(type -> EXPORTED.contains(type.getPackageName()))
                    .filter(PublicTypesTest::isReachable);
        } catch (java.io.IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isReachable(Class<?> type) {
        boolean here = Modifier.isPublic(type.getModifiers());
        return here && (type.getEnclosingClass() == null || isReachable(type.getEnclosingClass()));
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicTypesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path folder() {
        try {
            return Path.of(Secrets.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
