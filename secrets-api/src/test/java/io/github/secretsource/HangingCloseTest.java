package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end where something hangs or cannot be ended, on real time and threads. */
@Timeout(60)
class HangingCloseTest {

    private final Threads threads = Threads.sinceNow();
    private HintingSource source;
    private CountDownLatch stuck;
    private CapturedLog log;

    @BeforeEach
    void prepare() {
        source = HintingSource.local().put("app", "one");
        stuck = new CountDownLatch(1);
        log = CapturedLog.start();
    }

    @AfterEach
    void release() {
        stuck.countDown();
        log.close();
    }

    private Secrets open() {
        return Secrets.builder().source("mem", source).build();
    }

    @Test
    @DisplayName("F49 a fetch that ignores interrupts is named in one warning, within five seconds")
    void namesAFetchThatIgnoresInterrupts() throws Exception {
        assertThat(leastSeconds(5, this::closeWithADeafFetch)).isLessThan(5);
    }

    private double closeWithADeafFetch() {
        source.fetches((id, context) -> {
            hang(true);
            return source.stored(id);
        });
        Secrets secrets = open();
        LiveSecret<SecretValue> unused = secrets.liveLater("mem:app", Secret::value);
        awaitFetch();

        double seconds = secondsToClose(secrets);

        assertThat(log.warnings()).singleElement().asString().endsWith(": secretsource-mem-1");
        stuck.countDown();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).hasSize(1);
        return seconds;
    }

    @Test
    @DisplayName("F49 everything hangs at once: still five seconds and one warning")
    void survivesEverythingHangingAtOnce() throws Exception {
        assertThat(leastSeconds(5, this::closeWithAllHanging)).isLessThan(5);
    }

    private double closeWithAllHanging() {
        HintingSource other = HintingSource.remote().put("app", "one");
        for (HintingSource each : List.of(source, other)) {
            each.fetches((id, context) -> {
                        hang(true);
                        return each.stored(id);
                    })
                    .onUnwatch(() -> hang(true))
                    .onClose(() -> hang(true));
        }
        Secrets secrets = Secrets.builder()
                .source("one", source)
                .source("two", other)
                .listener(event -> hang(true))
                .build();
        for (String ref : List.of("one:app", "one:b", "two:app", "two:b")) {
            LiveSecret<SecretValue> unused = secrets.liveLater(ref, Secret::value);
        }
        while (source.fetches() + other.fetches() < 4) {
            Thread.onSpinWait();
        }

        double seconds = secondsToClose(secrets);

        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains(
                        "secretsource-one-close", "secretsource-two-close", "secretsource-one-1", "secretsource-two-2")
                .contains("secretsource-events-1");
        stuck.countDown();
        assertThat(threads.left()).isEmpty();
        return seconds;
    }

    @Test
    void interruptsASourceWhoseCloseHangs() throws Exception {
        assertThat(leastSeconds(4, this::closeWithAHangingSource)).isLessThan(4);
    }

    private double closeWithAHangingSource() {
        source.onClose(() -> hang(false));
        Secrets secrets = open();

        double seconds = secondsToClose(secrets);

        assertThat(log.warnings()).isEmpty();
        assertThat(threads.left()).isEmpty();
        return seconds;
    }

    @Test
    void interruptsAListenerThatHangs() throws Exception {
        assertThat(leastSeconds(4, this::closeWithAHangingListener)).isLessThan(4);
    }

    private double closeWithAHangingListener() {
        Secrets secrets = Secrets.builder()
                .source("mem", source)
                .listener(event -> hang(false))
                .build();
        SecretValue unused = secrets.get("mem:app");

        double seconds = secondsToClose(secrets);

        assertThat(log.warnings()).isEmpty();
        assertThat(threads.left()).isEmpty();
        return seconds;
    }

    @Test
    void closesTheSourceThoughItsWatchCannotBeClosed() {
        source.onUnwatch(() -> {
            throw new IllegalStateException("broken");
        });
        source.onClose(() -> {
            throw new IllegalStateException("broken too");
        });
        Secrets secrets = open();
        SecretValue unused = secrets.get("mem:app");

        secrets.close();

        assertThat(source.count("close")).isEqualTo(1);
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void keepsTheInterruptOfTheClosingThread() {
        source.onClose(() -> hang(false));
        Secrets secrets = open();
        SecretValue unused = secrets.get("mem:app");

        Thread.currentThread().interrupt();
        secrets.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(log.warnings()).isEmpty();
        assertThat(threads.left()).isEmpty();
    }

    @Test
    void closesWhatWasStartedWhenAnotherSourceCannotStart() {
        var failing = new CannotStart();

        assertThatThrownBy(() -> Secrets.builder()
                        .source("mem", source)
                        .source("bad", failing)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no credentials");

        assertThat(source.count("close")).isEqualTo(1);
        assertThat(failing.closed).isTrue();
        assertThat(threads.left()).isEmpty();
    }

    /** Has the engine run something for it, then fails; fails again when closed. */
    private static final class CannotStart implements SecretSource {
        private volatile boolean closed;

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            throw new SecretUnavailableException(id, "was never started", "start it");
        }

        @Override
        public void start(SourceContext context) {
            context.executor().execute(() -> hang(new CountDownLatch(1), false));
            throw new IllegalArgumentException("no credentials");
        }

        @Override
        public void close() {
            closed = true;
            throw new IllegalStateException("was never started");
        }
    }

    /** Each round with a source and a log of its own, and without what hung in the one before. */
    private double leastSeconds(double enough, Callable<Double> round) throws Exception {
        return Rounds.least(enough, () -> {
            release();
            prepare();
            return round.call();
        });
    }

    private static double secondsToClose(Secrets secrets) {
        long began = Timeline.system().nanos();
        secrets.close();
        return (Timeline.system().nanos() - began) / 1e9;
    }

    private void awaitFetch() {
        while (source.fetches() == 0) {
            Thread.onSpinWait();
        }
    }

    private void hang(boolean throughInterrupts) {
        hang(stuck, throughInterrupts);
    }

    private static void hang(CountDownLatch until, boolean throughInterrupts) {
        boolean again = true;
        while (again) {
            try {
                until.await();
                again = false;
            } catch (InterruptedException e) {
                again = throughInterrupts;
            }
        }
    }
}
