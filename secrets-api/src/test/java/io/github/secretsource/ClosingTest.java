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
            assertThat(seen.get(10, TimeUnit.SECONDS))
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
    void tellsThatHandlesWereClosed() {
        Secrets secrets =
                Secrets.builder().source("mem", source).listener(events::add).build();
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        LiveSecret<SecretValue> closedBefore = secrets.live("mem:app");
        closedBefore.close();

        secrets.close();
        live.close();

        assertThat(events)
                .filteredOn(event -> event instanceof SecretEvent.Closed)
                .hasSize(2);
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
