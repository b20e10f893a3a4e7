package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.source.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole programs: that just end, leave nothing behind, meet Errors, are deployed again and again. */
@Timeout(120)
class ProgramTest {

    @TempDir
    Path temp;

    @Test
    void aProgramThatReadsASecretAndReturnsFromMainEnds() throws Exception {
        assertThat(printed(ChildProcess.command(List.of(), WholeProgram.class))).isEqualTo("returned");
    }

    @Test
    @DisplayName("F39 a program that reads, follows, diagnoses and closes leaves no file behind")
    void leavesNoFileBehind() throws Exception {
        Path secret = Files.createDirectory(temp.resolve("secret"));
        Path home = Files.createDirectory(temp.resolve("home"));
        Files.writeString(secret.resolve("password"), "one");
        var options = List.of("-Djava.io.tmpdir=" + home, "-Duser.home=" + home);
        var command = ChildProcess.command(options, TracelessProgram.class, secret.toString())
                .directory(home.toFile());

        assertThat(printed(command)).isEqualTo("rotated: true; read: true; diagnosed: true");

        try (Stream<Path> left = Files.walk(temp)) {
            assertThat(left).containsExactlyInAnyOrder(temp, home, secret, secret.resolve("password"));
        }
    }

    @Test
    @DisplayName("F45 twelve Errors from sources, of memory and of stack, cost the others nothing and pass")
    void survivesErrors() throws Exception {
        var options = List.of("-Xmx24m", "-XX:+UseSerialGC");

        String printed = printed(ChildProcess.command(options, ErrorsProgram.class));

        assertThat(printed).endsWith("12 errors; told: 6; recovered: true; goes on: true");
    }

    /** What a program printed until it ended by itself, without error. */
    private static String printed(ProcessBuilder command) throws Exception {
        Process child = command.start();
        var output = CompletableFuture.supplyAsync(() -> textOf(child), task -> EngineThreads.start("reader", task));
        boolean ended = child.waitFor(100, TimeUnit.SECONDS);
        if (!ended) {
            child.destroyForcibly();
        }
        String printed = output.get(10, TimeUnit.SECONDS).strip();
        assertThat(ended).as(printed).isTrue();
        assertThat(child.exitValue()).as(printed).isZero();
        return printed;
    }

    private static String textOf(Process child) {
        try (var output = child.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @DisplayName("F50 a class loader that loaded the library is unreachable after close, and takes its classes with it")
    void aRedeployedProgramIsCollected() throws Exception {
        var threads = Threads.sinceNow();
        awaitUnreachable(redeploy(3));
        int before = ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
        long metaspaceBefore = metaspace();

        awaitUnreachable(redeploy(20));

        assertThat(threads.left()).isEmpty();
        assertThat(ManagementFactory.getClassLoadingMXBean().getLoadedClassCount())
                .isLessThan(before + 100);
        assertThat(metaspace()).isLessThan(metaspaceBefore + 1_000_000);
    }

    private static List<WeakReference<ClassLoader>> redeploy(int times) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            loaders.add(deploy());
        }
        return loaders;
    }

    private static void awaitUnreachable(List<WeakReference<ClassLoader>> loaders) {
        for (int i = 0; i < 100 && reachable(loaders) > 0; i++) {
            System.gc();
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(reachable(loaders)).isZero();
    }

    private static long metaspace() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals("Metaspace"))
                .mapToLong(pool -> pool.getUsage().getUsed())
                .sum();
    }

    private static long reachable(List<WeakReference<ClassLoader>> loaders) {
        return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static WeakReference<ClassLoader> deploy() throws Exception {
        var loader = new Container(
                ChildProcess.folderOf(Secrets.class).toUri().toURL(),
                ChildProcess.folderOf(WholeProgram.class).toUri().toURL());
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
}
