package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.source.InMemorySecrets;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The cache library costs a tenth of a second: only who keeps very many secrets pays it. */
class EvictionLoadingTest {

    /** Reads so many secrets, in a class loader of its own. */
    public static final class Reader implements IntConsumer {

        @Override
        public void accept(int count) {
            var memory = InMemorySecrets.create().silent();
            IntStream.range(0, count).forEach(i -> memory.put("s" + i, "one"));
            try (var secrets = Secrets.builder().source("mem", memory).build()) {
                IntStream.range(0, count)
                        .forEach(i -> assertThat(secrets.get("mem:s" + i)).isNotNull());
            }
        }
    }

    /** Loads everything itself and remembers what. */
    private static final class Remembering extends URLClassLoader {

        private final Set<String> loaded = ConcurrentHashMap.newKeySet();

        Remembering() {
            super(classPath(), ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            Class<?> found = super.findClass(name);
            loaded.add(name);
            return found;
        }

        private static URL[] classPath() {
            return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.isEmpty())
                    .map(Remembering::url)
                    .toArray(URL[]::new);
        }

        private static URL url(String entry) {
            try {
                return Path.of(entry).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Set<String> loadedBy(int secrets) throws ReflectiveOperationException, IOException {
        try (var loader = new Remembering()) {
            Object reader = loader.loadClass(Reader.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            ((IntConsumer) reader).accept(secrets);
            return loader.loaded;
        }
    }

    @Test
    @DisplayName("P12 a thousand secrets need no cache library, one more does")
    void theCacheLibraryIsLoadedLate() throws Exception {
        String library = "com.github.benmanes.caffeine.";

        assertThat(loadedBy(1_000)).contains(Secrets.class.getName()).noneMatch(name -> name.startsWith(library));
        assertThat(loadedBy(1_001)).anyMatch(name -> name.startsWith(library));
    }
}
