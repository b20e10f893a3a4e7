package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Watches: when they are registered and closed, and what one that misbehaves costs. */
class WatchTest {

    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final FakeTime time = FakeTime.create();
    private final HintingSource local = HintingSource.local().put("app", "one");
    private final HintingSource remote = HintingSource.remote().put("app", "one");
    private final Secrets secrets = Secrets.builder()
            .time(time)
            .policy(RefreshPolicy.unset().withRefreshAfter(INTERVAL).withMaxStale(Duration.ofHours(1)))
            .source("local", local)
            .source("remote", remote)
            .build();

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void watchesBeforeTheFirstFetch() {
        SecretValue unused = secrets.get("local:app");

        assertThat(local.asked()).containsExactly("watch app", "fetch app");
    }

    @Test
    void pollingFindsChangesWhereWatchingFailsAndTheNextFetchTriesAgain() {
        var failures = new AtomicInteger();
        local.onWatch(() -> {
            if (failures.incrementAndGet() < 3) {
                throw new IllegalStateException("no inotify left");
            }
        });
        LiveSecret<SecretValue> live = secrets.live("local:app");
        local.put("app", "two");

        time.advance(INTERVAL);
        assertThat(live.get().reveal()).isEqualTo("two");
        time.advance(INTERVAL);
        assertThat(local.watches()).isEqualTo(1);
        time.advance(INTERVAL.multipliedBy(5));

        assertThat(local.count("watch app")).isEqualTo(3);
    }

    @Test
    void aSecretNobodyReadsLosesItsWatchAndGetsItBackWhenRead() {
        SecretValue unused = secrets.get("local:app");

        time.advance(INTERVAL.multipliedBy(2));
        assertThat(local.watches()).isZero();
        SecretValue again = secrets.get("local:app");

        assertThat(again.reveal()).isEqualTo("one");
        assertThat(local.watches()).isEqualTo(1);
    }

    @Test
    void aWatchThatCannotBeClosedCostsNothingElse() {
        local.onUnwatch(() -> {
            throw new IllegalStateException("broken");
        });
        SecretValue unused = secrets.get("local:app");

        time.advance(INTERVAL.multipliedBy(2));

        assertThat(secrets.get("local:app").reveal()).isEqualTo("one");
    }

    @Test
    void aWatchRegisteredByACallThatWasGivenUpDoesNotReplaceTheOneThatFollowed() {
        local.onWatch(() -> {
            if (local.count("watch app") == 1) {
                hang(INTERVAL.multipliedBy(4));
            }
        });
        try (LiveSecret<SecretValue> late = secrets.liveLater("local:app", Secret::value)) {
            time.advance(Duration.ofSeconds(10));
            assertThat(late.get().reveal()).isEqualTo("one");
        }
        time.advance(INTERVAL.multipliedBy(2).plusSeconds(1));
        SecretValue unused = secrets.get("local:app");
        assertThat(local.watches()).isEqualTo(1);

        try (LiveSecret<SecretValue> held = secrets.live("local:app")) {
            time.advance(INTERVAL.multipliedBy(3));
            assertThat(held.get().reveal()).isEqualTo("one");
            assertThat(local.watches()).isEqualTo(1);
        }
        time.advance(INTERVAL.multipliedBy(3));

        assertThat(local.watches()).isZero();
    }

    @Test
    void noWatchIsLeftAfterHandlesComeAndGo() throws Exception {
        HintingSource busy = HintingSource.local().put("app", "one");
        var policy = RefreshPolicy.unset().withRefreshAfter(Duration.ofMillis(3));
        try (Secrets real = Secrets.builder().source("busy", busy, policy).build()) {
            var threads = List.of(0, 1, 2, 3).stream()
                    .map(index -> EngineThreads.start("test-" + index, () -> comeAndGo(real)))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
        }

        assertThat(busy.watches()).isZero();
        assertThat(busy.count("unwatch app")).isEqualTo(busy.count("watch app"));
    }

    private static void comeAndGo(Secrets real) {
        for (int i = 0; i < 200; i++) {
            try (LiveSecret<SecretValue> live = real.live("busy:app")) {
                assertThat(live.get().reveal()).isEqualTo("one");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(i * 100_000L);
        }
    }

    private void pause(Duration span) {
        try {
            boolean unused = time.await(new CompletableFuture<Void>(), time.after(span));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits however often it is interrupted. */
    private void hang(Duration span) {
        long end = time.after(span);
        while (time.nanos() - end < 0) {
            pause(Duration.ofNanos(end - time.nanos()));
            boolean unused = Thread.interrupted();
        }
    }
}
