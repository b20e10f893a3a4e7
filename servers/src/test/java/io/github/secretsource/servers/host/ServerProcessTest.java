package io.github.secretsource.servers.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ServerProcessTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private @Nullable ServerProcess process;

    @AfterEach
    void end() {
        if (process != null) {
            process.close();
        }
    }

    @Test
    void endsWithItsSignalWhenItIsClosed() {
        ServerProcess started =
                start("trap 'echo ended by USR1; exit 7' USR1; echo ready; while :; do sleep 0.05; done", "USR1");
        started.awaitReady(LIMIT, () -> started.lines().contains("ready"));

        started.close();

        assertThat(started.awaitExit(LIMIT)).isEqualTo(7);
        assertThat(started.lines()).containsExactly("ready", "ended by USR1");
        assertThat(isGone(started.pid())).isTrue();
    }

    @Test
    void endsWhenItIsPaused() {
        ServerProcess started = start("echo ready; exec sleep 1000", "TERM");
        started.awaitReady(LIMIT, () -> started.lines().contains("ready"));
        started.pause();
        Deadline.await("it is stopped", LIMIT, () -> state(started.pid()) == 'T');

        started.close();

        assertThat(isGone(started.pid())).isTrue();
    }

    @Test
    void goesOnWhenItIsResumed() {
        ServerProcess started = start("echo ready; exec sleep 1000", "TERM");
        started.awaitReady(LIMIT, () -> started.lines().contains("ready"));
        started.pause();
        Deadline.await("it is stopped", LIMIT, () -> state(started.pid()) == 'T');

        started.resume();

        Deadline.await("it goes on", LIMIT, () -> state(started.pid()) == 'S');
        assertThat(started.isAlive()).isTrue();
    }

    @Test
    void isGoneWhenItWasKilled() {
        ServerProcess started = start("trap '' TERM INT; echo ready; while :; do sleep 0.05; done", "TERM");
        started.awaitReady(LIMIT, () -> started.lines().contains("ready"));

        started.kill();

        assertThat(started.awaitExit(LIMIT)).isEqualTo(128 + 9);
        assertThat(isGone(started.pid())).isTrue();
    }

    @Test
    void takesItsOwnProcessesAlongWhenItWasKilled() {
        ServerProcess started = start("sleep 1000 & echo $!; exec sleep 1000", "TERM");
        started.awaitReady(LIMIT, () -> started.lines().size() == 1);
        long plugin = Long.parseLong(started.lines().get(0));
        assertThat(isGone(plugin)).isFalse();

        started.kill();

        Deadline.await("the process of its own is gone", LIMIT, () -> isGone(plugin) || state(plugin) == 'Z');
    }

    @Test
    void saysWhyItDidNotStart() {
        ServerProcess started = start("echo the port is taken; exit 3", "TERM");

        assertThatThrownBy(() -> started.awaitReady(LIMIT, () -> false))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("exit code 3")
                .hasMessageContaining("the port is taken");
    }

    @Test
    void isAskedAgainWhateverTheQuestionThrows() {
        ServerProcess started = start("exec sleep 1000", "TERM");
        var failures = new ArrayDeque<Throwable>(List.of(new IllegalStateException(), new AssertionError()));

        started.awaitReady(LIMIT, () -> failures.isEmpty() || failed(failures.remove()));

        assertThat(failures).isEmpty();
    }

    @Test
    void saysWhatTheLastQuestionThrew() {
        ServerProcess started = start("echo still booting; exec sleep 1000", "TERM");
        Deadline.await("it has written", LIMIT, () -> started.lines().size() == 1);

        assertThatThrownBy(() -> started.awaitReady(
                        Duration.ofMillis(1), () -> failed(new IllegalStateException("the tenth look"))))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the tenth look")
                .hasMessageContaining("still booting");
    }

    private static boolean failed(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @Test
    void endsWithTheJvmThatStartedItHoweverThatOneEnds() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Starter.class.getName(),
                        folder.resolve("log").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            long pid = Long.parseLong(lines.readLine());
            assertThat(isGone(pid)).isFalse();

            jvm.destroyForcibly().waitFor();

            Deadline.await("the server is gone", LIMIT, () -> isGone(pid));
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** A JVM to be killed. */
    static final class Starter {
        public static void main(String[] arguments) throws InterruptedException {
            var server = ServerProcess.start(
                    Path.of(arguments[0]),
                    Map.of(),
                    List.of("bash", "-c", "trap '' TERM; while :; do sleep 0.05; done"));
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }

    private ServerProcess start(String script, String signal) {
        process = ServerProcess.start(folder.resolve("log"), signal, Map.of(), List.of("bash", "-c", script));
        return process;
    }

    private static boolean isGone(long pid) {
        return !Files.exists(Path.of("/proc", Long.toString(pid)));
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return ' ';
        }
    }
}
