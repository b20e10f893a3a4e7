package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real clock, on the real clock. */
@Timeout(30)
class SystemTimelineTest {

    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofHours(1);

    private final Timeline timeline = Timeline.system();
    private final CountDownLatch rang = new CountDownLatch(1);

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Returns when the clock has passed the moment, by another timer's word. */
    private void untilPast(long moment) throws InterruptedException {
        var passed = new CountDownLatch(1);
        try (Timeline.Timer other = timeline.timer("test-other-timer", passed::countDown)) {
            other.set(moment);
            await(passed);
        }
    }

    @Test
    void timerRingsAtItsMomentAndNotBefore() throws Exception {
        var at = new AtomicReference<Long>();
        long moment = timeline.after(SHORT);
        try (Timeline.Timer timer = timeline.timer("test-timer", () -> {
            at.set(timeline.nanos());
            rang.countDown();
        })) {
            timer.set(moment);

            await(rang);
        }

        assertThat(at.get() - moment).isNotNegative();
    }

    @Test
    void timerRingsAtOnceForAMomentInThePast() throws Exception {
        try (Timeline.Timer timer = timeline.timer("test-timer", rang::countDown)) {
            timer.set(timeline.nanos() - Plan.SECOND);

            await(rang);
        }
    }

    @Test
    void timerCanBeSetEarlier() throws Exception {
        try (Timeline.Timer timer = timeline.timer("test-timer", rang::countDown)) {
            timer.set(timeline.after(LONG));

            timer.set(timeline.nanos());

            await(rang);
        }
    }

    @Test
    void timerCanBeSetLater() throws Exception {
        boolean wasInTime = false;
        for (int round = 0; round < 5 && !wasInTime; round++) {
            wasInTime = setsLater();
        }

        assertThat(wasInTime).isTrue();
    }

    /** False if the first moment passed before the timer had its second: then it may ring. */
    private boolean setsLater() throws InterruptedException {
        var once = new CountDownLatch(1);
        try (Timeline.Timer timer = timeline.timer("test-timer", once::countDown)) {
            long soon = timeline.after(SHORT);
            timer.set(soon);

            timer.set(timeline.after(LONG));

            if (timeline.nanos() - soon >= 0) {
                return false;
            }
            untilPast(soon + SHORT.toNanos());
            assertThat(once.getCount()).isOne();
            return true;
        }
    }

    @Test
    void timerRingsOncePerMomentSet() throws Exception {
        var rings = new CountDownLatch(2);
        try (Timeline.Timer timer = timeline.timer("test-timer", () -> {
            rings.countDown();
            rang.countDown();
        })) {
            timer.set(timeline.nanos());
            await(rang);

            untilPast(timeline.after(SHORT));

            assertThat(rings.getCount()).isOne();
            timer.set(timeline.nanos());
            await(rings);
        }
    }

    @Test
    @DisplayName("I9 close waits for the thread of the timer")
    void closeWaitsForTheThread() throws Exception {
        var thread = new AtomicReference<Thread>();
        Timeline.Timer timer = timeline.timer("test-timer", () -> {
            thread.set(Thread.currentThread());
            rang.countDown();
        });
        timer.set(timeline.nanos());
        await(rang);

        timer.close();

        assertThat(thread.get().isAlive()).isFalse();
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    @DisplayName("I9 close on the timer's own thread does not wait for itself")
    void closesOnItsOwnThread() throws Exception {
        var timer = new AtomicReference<Timeline.Timer>();
        timer.set(timeline.timer("test-timer", () -> {
            timer.get().close();
            rang.countDown();
        }));

        timer.get().set(timeline.nanos());

        await(rang);
    }

    @Test
    void closedTimerRingsNoMore() throws Exception {
        Timeline.Timer timer = timeline.timer("test-timer", rang::countDown);
        timer.close();

        timer.set(timeline.nanos());

        untilPast(timeline.after(SHORT));
        assertThat(rang.getCount()).isOne();
    }

    @Test
    void awaitSeesWhatCompletesInTime() throws Exception {
        var done = new CompletableFuture<String>();
        try (Timeline.Timer timer = timeline.timer("test-timer", () -> done.complete("done"))) {
            timer.set(timeline.after(SHORT));

            assertThat(timeline.await(done, timeline.after(LONG))).isTrue();
        }
    }

    @Test
    void awaitEndsAtItsDeadline() throws Exception {
        long deadline = timeline.after(SHORT);

        boolean inTime = timeline.await(new CompletableFuture<>(), deadline);

        assertThat(inTime).isFalse();
        assertThat(timeline.nanos() - deadline).isNotNegative();
    }

    @Test
    void awaitDoesNotWaitForADeadlineInThePast() throws Exception {
        assertThat(timeline.await(new CompletableFuture<>(), timeline.nanos() - 1))
                .isFalse();
        assertThat(timeline.await(CompletableFuture.completedFuture("done"), timeline.nanos() - 1))
                .isTrue();
    }

    @Test
    void awaitTakesFailureAndCancellationForCompletion() throws Exception {
        var cancelled = new CompletableFuture<String>();
        assertThat(cancelled.completeExceptionally(new CancellationException())).isTrue();

        assertThat(timeline.await(cancelled, timeline.after(LONG))).isTrue();
        assertThat(timeline.await(CompletableFuture.failedFuture(new Error()), timeline.after(LONG)))
                .isTrue();
    }

    @Test
    @DisplayName("F46 an interrupted wait ends and leaves the future alone")
    void awaitIsInterruptible() throws Exception {
        var done = new CompletableFuture<String>();
        var flagged = new AtomicBoolean(true);
        var waiter = new Thread(() -> {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> timeline.await(done, timeline.after(LONG)));
            flagged.set(Thread.currentThread().isInterrupted());
        });

        waiter.start();

        waiter.join();
        assertThat(flagged).isFalse();
        assertThat(done).isNotDone();
    }
}
