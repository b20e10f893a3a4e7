package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole programs: one that just ends, and one that is deployed again and again. */
@Timeout(60)
class ProgramTest {

    @Test
    void aProgramThatReadsASecretAndReturnsFromMainEnds() throws Exception {
        String path = folderOf(Secrets.class) + File.pathSeparator + folderOf(WholeProgram.class);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process child = new ProcessBuilder(java, "-cp", path, WholeProgram.class.getName())
                .redirectErrorStream(true)
                .start();

        boolean ended = child.waitFor(20, TimeUnit.SECONDS);

        if (!ended) {
            child.destroyForcibly();
        }
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ended).as(printed).isTrue();
        assertThat(printed.strip()).isEqualTo("returned");
        assertThat(child.exitValue()).isZero();
    }

    @Test
    @DisplayName("F50 a class loader that loaded the library is unreachable after close")
    void aRedeployedProgramIsCollected() throws Exception {
        var threads = Threads.sinceNow();
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            loaders.add(deploy());
        }

        assertThat(threads.left()).isEmpty();
        for (int i = 0; i < 100 && reachable(loaders) > 0; i++) {
            System.gc();
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(reachable(loaders)).isZero();
    }

    private static long reachable(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static WeakReference<ClassLoader> deploy() throws Exception {
        var loader = new Container(
                folderOf(Secrets.class).toUri().toURL(),
                folderOf(WholeProgram.class).toUri().toURL());
        Class<?> program = loader.loadClass(WholeProgram.class.getName());
        assertThat(program).isNotSameAs(WholeProgram.class);
        var guest = program.getDeclaredMethod("guest");
        guest.setAccessible(true);
        ((Runnable) guest.invoke(null)).run();
        loader.close();
        return new WeakReference<>(loader);
    }

    /** Loads the library itself, as a container does for an application that brings it along. */
    private static final class Container extends URLClassLoader {

        Container(URL... folders) {
            super(folders, ProgramTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.github.secretsource.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            return known != null ? known : findClass(name);
        }
    }

    /** The folder of classes that a class was loaded from. */
    private static Path folderOf(Class<?> type) throws URISyntaxException {
        String file = type.getName().replace('.', '/') + ".class";
        Path found = Path.of(type.getClassLoader().getResource(file).toURI());
        return found.resolve("../".repeat(file.split("/").length)).normalize();
    }
}
