package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end, on real time and threads. */
@Timeout(30)
class ClosingTest {

    private final Threads threads = Threads.sinceNow();
    private final HintingSource source = HintingSource.local().put("app", "one");
    private final List<SecretEvent> events = new ArrayList<>();
    private final CountDownLatch stuck = new CountDownLatch(1);
    private CapturedLog log;

    @BeforeEach
    void listen() {
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
    @DisplayName("F49 closing twice is harmless; the source is closed once")
    void closingTwiceIsHarmless() {
        Secrets secrets = open();
        SecretValue unused = secrets.get("mem:app");

        secrets.close();
        secrets.withPurpose("audit").close();

        assertThat(source.count("close")).isEqualTo(1);
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void aSourceGivenUnderTwoNamesIsClosedOnce() {
        Secrets secrets =
                Secrets.builder().source("one", source).source("two", source).build();

        secrets.close();

        assertThat(source.count("close")).isEqualTo(1);
    }

    @Test
    void aSourceIsClosedAfterItsWatches() {
        Secrets secrets = open();
        SecretValue unused = secrets.get("mem:app");

        secrets.close();

        assertThat(source.asked()).containsExactly("watch app", "fetch app", "unwatch app", "close");
    }

    @Test
    @DisplayName("F49 whoever waits for a first value is told at once that the library is closed")
    void waitersAreTold() throws Exception {
        source.fetches((id, context) -> {
            hang(false);
            return source.stored(id);
        });
        Secrets secrets = open();
        var thrown = new ArrayList<CompletableFuture<Throwable>>();
        for (int i = 0; i < 20; i++) {
            var seen = new CompletableFuture<Throwable>();
            thrown.add(seen);
            Thread unused = EngineThreads.start(
                    "waiter-" + i, () -> seen.complete(catchThrowable(() -> secrets.get("mem:app"))));
        }
        awaitFetch();

        secrets.close();

        for (var seen : thrown) {
            assertThat(seen.get(1, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("Secrets is closed");
        }
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    void nothingCanBeAskedAfterwards() {
        Secrets secrets = open();
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        secrets.close();

        for (ThrowingCallable asking : List.<ThrowingCallable>of(
                () -> secrets.get("mem:app"),
                () -> secrets.get("mem:other"),
                () -> secrets.find("mem:app"),
                () -> secrets.secret("mem:app"),
                () -> secrets.getWithin("mem:app", Duration.ofDays(1)),
                () -> secrets.getAll(List.of("mem:app")),
                () -> secrets.live("mem:app"),
                () -> secrets.liveLater("mem:app", Secret::value),
                live::get,
                live::held,
                () -> live.rejected(SecretValue.of("x")),
                () -> live.subscribe(value -> {}))) {
            assertThatThrownBy(asking).isInstanceOf(IllegalStateException.class).hasMessage("Secrets is closed");
        }
        live.close();
    }

    @Test
    @DisplayName("F49 closing from a consumer")
    void closesFromAConsumer() throws Exception {
        Secrets secrets = open();
        var closed = new CountDownLatch(1);
        secrets.live("mem:app").subscribe(value -> {
            if (value.reveal().equals("two")) {
                secrets.close();
                closed.countDown();
            }
        });

        source.rotate("app", "two");

        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    @DisplayName("F49 closing from an event listener")
    void closesFromAListener() throws Exception {
        var opened = new CompletableFuture<Secrets>();
        var closed = new CountDownLatch(1);
        Secrets secrets = Secrets.builder()
                .source("mem", source)
                .listener(event -> {
                    opened.join().close();
                    closed.countDown();
                })
                .build();
        SecretValue unused = secrets.get("mem:app");

        opened.complete(secrets);

        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    @DisplayName("F49 closing from a fetch")
    void closesFromAFetch() throws Exception {
        var opened = new AtomicReference<Secrets>();
        var closed = new CountDownLatch(1);
        source.fetches((id, context) -> {
            opened.get().close();
            closed.countDown();
            return source.stored(id);
        });
        opened.set(open());

        assertThatThrownBy(() -> opened.get().get("mem:app")).isInstanceOf(IllegalStateException.class);

        assertThat(closed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).isEmpty();
    }

    @Test
    @DisplayName("F49 a fetch that ignores interrupts is named in one warning, within five seconds")
    void namesAFetchThatIgnoresInterrupts() {
        source.fetches((id, context) -> {
            hang(true);
            return source.stored(id);
        });
        Secrets secrets = open();
        LiveSecret<SecretValue> unused = secrets.liveLater("mem:app", Secret::value);
        awaitFetch();

        assertThat(secondsToClose(secrets)).isLessThan(5);

        assertThat(log.warnings()).singleElement().asString().endsWith(": secretsource-mem-1");
        stuck.countDown();
        assertThat(threads.left()).isEmpty();
        assertThat(log.warnings()).hasSize(1);
    }

    @Test
    @DisplayName("F49 everything hangs at once: still five seconds and one warning")
    void survivesEverythingHangingAtOnce() {
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

        assertThat(secondsToClose(secrets)).isLessThan(5);

        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains("secretsource-one-close", "secretsource-two-close", "secretsource-one-1", "secretsource-two-2")
                .contains("secretsource-events-1");
        stuck.countDown();
        assertThat(threads.left()).isEmpty();
    }

    @Test
    void interruptsASourceWhoseCloseHangs() {
        source.onClose(() -> hang(false));
        Secrets secrets = open();

        assertThat(secondsToClose(secrets)).isLessThan(4);

        assertThat(log.warnings()).isEmpty();
        assertThat(threads.left()).isEmpty();
    }

    @Test
    void interruptsAListenerThatHangs() {
        Secrets secrets = Secrets.builder()
                .source("mem", source)
                .listener(event -> hang(false))
                .build();
        SecretValue unused = secrets.get("mem:app");

        assertThat(secondsToClose(secrets)).isLessThan(4);

        assertThat(log.warnings()).isEmpty();
        assertThat(threads.left()).isEmpty();
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
    void tellsThatHandlesWereClosed() {
        Secrets secrets = Secrets.builder()
                .source("mem", source)
                .listener(events::add)
                .build();
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        LiveSecret<SecretValue> closedBefore = secrets.live("mem:app");
        closedBefore.close();

        secrets.close();
        live.close();

        assertThat(events)
                .filteredOn(event -> event instanceof SecretEvent.Closed)
                .hasSize(2);
    }

    @Test
    void closesWhatWasStartedWhenAnotherSourceCannotStart() {
        var failing = new HintingSourceThatCannotStart();

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
    private static final class HintingSourceThatCannotStart implements io.github.secretsource.spi.SecretSource {
        private volatile boolean closed;

        @Override
        public io.github.secretsource.spi.SecretData fetch(
                SecretId id, io.github.secretsource.spi.FetchContext context) {
            throw new SecretUnavailableException(id, "was never started", "start it");
        }

        @Override
        public void start(io.github.secretsource.spi.SourceContext context) {
            context.executor().execute(() -> hang(new CountDownLatch(1), false));
            throw new IllegalArgumentException("no credentials");
        }

        @Override
        public void close() {
            closed = true;
            throw new IllegalStateException("was never started");
        }
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
