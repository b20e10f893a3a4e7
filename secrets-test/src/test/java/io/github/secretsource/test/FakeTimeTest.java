package io.github.secretsource.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Secrets;
import io.github.secretsource.Timeline;
import io.github.secretsource.source.InMemorySecrets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FakeTimeTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeTime time = FakeTime.create();

    @Test
    void standsStillUntilMoved() {
        long nanos = time.nanos();
        Instant now = time.now();

        time.settle();
        assertThat(time.nanos()).isEqualTo(nanos);

        time.advance(SECOND);
        assertThat(time.nanos() - nanos).isEqualTo(SECOND.toNanos());
        assertThat(time.now()).isEqualTo(now.plus(SECOND));
    }

    @Test
    void doesNotGoBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> time.advance(SECOND.negated()));
    }

    @Test
    void setsTheWallClockWithoutTouchingTimers() {
        var fired = new ArrayList<Instant>();
        time.timer("t", () -> fired.add(time.now())).set(time.after(SECOND));

        time.jumpWallClock(Duration.ofDays(1));
        assertThat(fired).isEmpty();

        time.advance(SECOND);
        assertThat(fired).containsExactly(Instant.parse("2030-01-02T00:00:01Z"));
    }

    @Test
    void runsTimersInOrderEachAtItsMoment() {
        long start = time.nanos();
        var fired = new ArrayList<String>();
        for (int seconds : List.of(3, 1, 2)) {
            time.timer("t", () -> fired.add(seconds + " at " + (time.nanos() - start)))
                    .set(start + Duration.ofSeconds(seconds).toNanos());
        }

        time.advance(Duration.ofSeconds(2));
        assertThat(fired).containsExactly("1 at 1000000000", "2 at 2000000000");

        time.advance(Duration.ofSeconds(2));
        assertThat(fired).hasSize(3);
    }

    @Test
    void runsTimersOfOneMomentInTheOrderTheyWereSet() {
        var fired = new ArrayList<Integer>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            time.timer("t", () -> fired.add(number)).set(time.after(SECOND));
        }

        time.advance(SECOND);

        assertThat(fired).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void runsATimerThatSetsItselfAgainAsOftenAsItIsDue() {
        var fired = new ArrayList<Long>();
        var timers = new ArrayList<Timeline.Timer>();
        timers.add(time.timer("t", () -> {
            fired.add(time.nanos());
            timers.get(0).set(time.after(SECOND));
        }));
        timers.get(0).set(time.after(SECOND));

        time.advance(Duration.ofSeconds(5));

        assertThat(fired).hasSize(5).isSorted();
    }

    @Test
    void aTimerSetAgainFiresOnceAndAClosedOneNever() {
        var fired = new ArrayList<Long>();
        Timeline.Timer moved = time.timer("t", () -> fired.add(time.nanos()));
        Timeline.Timer closed = time.timer("t", () -> fired.add(-1L));
        moved.set(time.after(SECOND));
        moved.set(time.after(SECOND.multipliedBy(2)));
        closed.set(time.after(SECOND));
        closed.close();
        closed.set(time.after(SECOND));

        time.advance(Duration.ofSeconds(5));

        assertThat(fired).containsExactly(SECOND.multipliedBy(2).toNanos());
    }

    @Test
    void aFreezeRunsLateWhatBecameDue() {
        var fired = new ArrayList<Long>();
        time.timer("t", () -> fired.add(time.nanos())).set(time.after(SECOND));

        time.freeze(Duration.ofMinutes(1));

        assertThat(fired).containsExactly(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void settlingWaitsForWorkHandedOver() {
        var done = new CopyOnWriteArrayList<String>();
        start(time.tracked(() -> {
            Promises.pause(Duration.ofMillis(50));
            done.add("work");
        }));

        time.settle();

        assertThat(done).containsExactly("work");
    }

    @Test
    void settlingDoesNotWaitForWorkThatWaitsForTime() {
        var done = new CopyOnWriteArrayList<String>();
        start(time.tracked(() -> awaitAlarm(SECOND, done)));

        time.settle();
        assertThat(done).isEmpty();

        time.advance(SECOND);
        assertThat(done).containsExactly("woke");
    }

    @Test
    void workThatWakesIsDoneWhenAdvancingReturnsHoweverOftenItIsTried() {
        for (int round = 1; round <= 1_000; round++) {
            var done = new CopyOnWriteArrayList<String>();
            start(time.tracked(() -> awaitAlarm(SECOND, done)));
            time.settle();

            time.advance(SECOND);

            assertThat(done).as("round %s", round).containsExactly("woke");
        }
    }

    @Test
    void workThatIsReleasedIsDoneWhenSettlingReturnsHoweverOftenItIsTried() {
        for (int round = 1; round <= 1_000; round++) {
            var done = new CopyOnWriteArrayList<String>();
            var released = new CompletableFuture<Void>();
            start(time.tracked(() -> await(released, SECOND, done)));
            time.settle();

            released.complete(null);
            time.settle();

            assertThat(done).as("round %s", round).containsExactly("completed");
        }
    }

    @Test
    void advancingRunsWorkOfOneMomentToItsEndBeforeTheNext() {
        var done = new CopyOnWriteArrayList<String>();
        time.timer(
                        "t",
                        () -> start(time.tracked(() -> {
                            Promises.pause(Duration.ofMillis(20));
                            done.add("first");
                        })))
                .set(time.after(SECOND));
        time.timer("t", () -> done.add("second")).set(time.after(SECOND.plusNanos(1)));

        time.advance(Duration.ofSeconds(2));

        assertThat(done).containsExactly("first", "second");
    }

    @Test
    void aWaitEndsWhenItsFutureDoesOrAtItsDeadline() throws InterruptedException {
        var done = new CompletableFuture<String>();
        time.timer("t", () -> done.complete("now")).set(time.after(SECOND));
        var itself = FakeTime.advancingItself();

        start(() -> time.advance(SECOND));

        assertThat(time.await(done, time.after(Duration.ofHours(1)))).isTrue();
        assertThat(itself.await(new CompletableFuture<>(), itself.after(SECOND)))
                .isFalse();
    }

    @Test
    void anInterruptEndsTheWaitForWorkThatBlocksOnSomethingElse() {
        var latch = new CountDownLatch(1);
        start(time.tracked(() -> awaitLatch(latch)));
        Thread.currentThread().interrupt();
        try {
            assertThatIllegalStateException().isThrownBy(time::settle).withMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            latch.countDown();
        }
    }

    @Test
    void timeThatAdvancesItselfMovesToTheDeadlineOfAHungRead() {
        var itself = FakeTime.advancingItself();
        var mem = InMemorySecrets.create().put("app", "value");
        mem.hang("app");
        try (var secrets = Secrets.builder().time(itself).source("mem", mem).build()) {
            assertThatThrownBy(() -> secrets.get("mem:app")).isInstanceOf(SecretUnavailableException.class);
        }

        assertThat(itself.nanos())
                .isEqualTo(RefreshPolicy.defaults().fetchDeadline().toNanos());
    }

    @Test
    void timeThatAdvancesItselfMovesNoFurtherThanASlowReadNeeds() {
        var itself = FakeTime.advancingItself();
        var mem = InMemorySecrets.create().put("app", "value");
        mem.delay("app", SECOND);
        try (var secrets = Secrets.builder().time(itself).source("mem", mem).build()) {
            assertThat(secrets.get("mem:app").reveal()).isEqualTo("value");
        }

        assertThat(itself.nanos()).isEqualTo(SECOND.toNanos());
    }

    @Test
    void everyRefreshDueHasHappenedWhenAdvancingReturns() {
        var mem = InMemorySecrets.create().silent().put("app", "first");
        var policy = RefreshPolicy.defaults().withRefreshAfter(Duration.ofMinutes(1));
        try (var secrets = Secrets.builder()
                        .time(time)
                        .policy(policy)
                        .source("mem", mem)
                        .build();
                var handle = secrets.live("mem:app")) {
            mem.put("app", "second");
            time.advance(Duration.ofMinutes(1));

            assertThat(handle.get().reveal()).isEqualTo("second");
        }
    }

    private void awaitAlarm(Duration span, List<String> done) {
        await(new CompletableFuture<>(), span, done);
    }

    private void await(CompletableFuture<?> end, Duration span, List<String> done) {
        try {
            boolean completed = time.await(end, time.after(span));
            done.add(completed ? "completed" : "woke");
        } catch (InterruptedException e) {
            done.add("interrupted");
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable task) {
        ContractThreads.start("work", task);
    }
}
