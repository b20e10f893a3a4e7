package io.github.secretsource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.source.ChildProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values are refused in time on real clocks, whatever stands still. The best of a few rounds counts. */
@Timeout(60)
class FreezeTest {

    private static final Duration LAG = Duration.ofMillis(100);
    private static final Duration HOPELESS = Duration.ofSeconds(5);
    private static final int ROUNDS = 5;

    /** Of a round without a stop: a child without processor time for so long takes that for its freeze, and ends. */
    private static final Duration NO_STOP = Duration.ofDays(1);

    /** More than a second longer than the values may live: the timer is woken late, and knows it. */
    private static final Duration FREEZE = FrozenProgram.MAX_STALE.plusMillis(1_500);

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 128})
    @EnabledOnOs({OS.LINUX, OS.MAC})
    @DisplayName(
            "F18 100 ms after a process is stopped past maxStale and continued, no reader gets the old value, while there is processor time")
    void refusesWithinTheLagAfterAStop(int readers) throws Exception {
        Duration best = lagAfterAStop(readers);
        for (int round = 1; round < ROUNDS && best.compareTo(LAG) > 0; round++) {
            Duration lag = lagAfterAStop(readers);
            best = lag.compareTo(best) < 0 ? lag : best;
        }
        assertThat(best).isLessThanOrEqualTo(LAG);
    }

    private static Duration lagAfterAStop(int readers) throws Exception {
        Process child = ChildProcess.start(List.of(), FrozenProgram.class, Integer.toString(readers));
        try (var told = new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
            assertThat(lineOf(told, "ready")).isEqualTo("ready");
            if (!signal(child, "STOP")) {
                return NO_STOP;
            }
            pause(FREEZE);
            if (!signal(child, "CONT")) {
                return NO_STOP;
            }
            String lag = lineOf(told, "lag ");
            return Duration.ofMillis(Long.parseLong(lag.substring("lag ".length())));
        } finally {
            child.destroyForcibly();
        }
    }

    /** The next line that begins so; the others are of the log. */
    private static String lineOf(BufferedReader told, String beginning) throws IOException {
        var before = new StringBuilder();
        for (String line = told.readLine(); line != null; line = told.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
            before.append(line).append('\n');
        }
        throw new AssertionError("no line '" + beginning + "' in:\n" + before);
    }

    /** Whether there was a process to take it; by the kill of bash, since a program of that name is not everywhere. */
    private static boolean signal(Process child, String name) throws Exception {
        return new ProcessBuilder("bash", "-c", "kill -s \"$0\" \"$1\"", name, Long.toString(child.pid()))
                        .start()
                        .waitFor()
                == 0;
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (end - System.nanoTime() > 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    @Test
    @DisplayName("F18 a log handler that blocks does not delay a withdrawal")
    void aBlockedLogDelaysNothing() throws InterruptedException {
        Duration best = lagWithBlockedLog();
        for (int round = 1; round < ROUNDS && best.compareTo(LAG) > 0; round++) {
            Duration lag = lagWithBlockedLog();
            best = lag.compareTo(best) < 0 ? lag : best;
        }
        assertThat(best).isBetween(LAG.negated(), LAG);
    }

    /** From maxStale to the refusal, with a log that takes the warning of the failed refresh and never returns. */
    private static Duration lagWithBlockedLog() throws InterruptedException {
        var source = new ScriptedSource().once(ScriptedSource.value("first")).always(ScriptedSource.down());
        var policy =
                RefreshPolicy.unset().withRefreshAfter(Duration.ofMillis(50)).withMaxStale(FrozenProgram.MAX_STALE);
        try (var log = new BlockedLog();
                var secrets = Secrets.builder().source("s", source, policy).build()) {
            LiveSecret<SecretValue> live = secrets.live("s:app");
            long fetched = source.calls().get(0).nanos();
            log.entered.join();
            assertThat(Stand.refusal(live)).isNull();
            Duration age = Duration.ZERO;
            while (Stand.refusal(live) == null && age.compareTo(HOPELESS) < 0) {
                LockSupport.parkNanos(100_000);
                age = Duration.ofNanos(System.nanoTime() - fetched);
            }
            log.release.complete(null);
            return age.minus(FrozenProgram.MAX_STALE);
        }
    }

    /** Holds up whoever logs. */
    private static final class BlockedLog extends Handler implements AutoCloseable {

        private final Logger ours = Logger.getLogger("io.github.secretsource");
        private final CompletableFuture<Void> entered = new CompletableFuture<>();
        private final CompletableFuture<Void> release = new CompletableFuture<>();

        BlockedLog() {
            ours.setUseParentHandlers(false);
            ours.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            entered.complete(null);
            release.join();
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            release.complete(null);
            ours.removeHandler(this);
            ours.setUseParentHandlers(true);
        }
    }
}
