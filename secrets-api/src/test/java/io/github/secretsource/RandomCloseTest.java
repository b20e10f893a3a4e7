package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Closes at random moments while everything else goes on. The same moments again: {@code -Dsecretsource.seed=} and the
 * seed in a failure's message.
 */
@Timeout(120)
class RandomCloseTest {

    private static final int ROUNDS = 10_000;
    private static final int AT_ONCE = 4;

    private final long seed =
            Long.getLong("secretsource.seed", ThreadLocalRandom.current().nextLong());

    private final ExecutorService lanes = Executors.newFixedThreadPool(AT_ONCE);

    /** Threads are dear: these are not made anew for each round. */
    private final ExecutorService users = Executors.newCachedThreadPool();

    @Test
    @DisplayName("F49 10,000 closes at random moments leave no thread, no waiter, no watch and no warning")
    void leavesNothingBehind() throws Exception {
        var threads = Threads.sinceNow();
        var rounds = new AtomicInteger();
        try (var warnings = new ClosingWarnings()) {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < AT_ONCE; i++) {
                running.add(lanes.submit(() -> {
                    for (int round = rounds.getAndIncrement(); round < ROUNDS; round = rounds.getAndIncrement()) {
                        closeSometime(new Random(seed + round), "round " + round + " of seed " + seed);
                    }
                    return null;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
            assertThat(warnings.lines).as("seed %s", seed).isEmpty();
        } finally {
            lanes.shutdownNow();
            users.shutdownNow();
        }
        assertThat(threads.left()).as("seed %s", seed).isEmpty();
    }

    /** What closing warns of. Keeps the many warnings of a store out of reach from the console. */
    private static final class ClosingWarnings extends Handler implements AutoCloseable {

        private final Logger ours = Logger.getLogger("io.github.secretsource");
        private final List<String> lines = new CopyOnWriteArrayList<>();

        ClosingWarnings() {
            ours.setUseParentHandlers(false);
            ours.addHandler(this);
        }

        @Override
        public void publish(LogRecord line) {
            if (line.getMessage().startsWith("Secrets closed")) {
                lines.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            ours.removeHandler(this);
            ours.setUseParentHandlers(true);
        }
    }

    private void closeSometime(Random random, String which) {
        HintingSource source = random.nextBoolean() ? HintingSource.local() : HintingSource.remote();
        int slow = random.nextInt(100_000);
        boolean fails = random.nextInt(4) == 0;
        source.put("a", "0").put("b", "0").fetches((id, context) -> {
            LockSupport.parkNanos(slow);
            if (fails && source.fetches() % 3 == 0) {
                throw new SecretUnavailableException(id, "is out of reach", "start the store");
            }
            return source.stored(id);
        });
        var policy = RefreshPolicy.unset().withRefreshAfter(Duration.ofNanos(300_000 + random.nextInt(1_000_000)));
        Secrets secrets = Secrets.builder()
                .policy(policy)
                .source("mem", source)
                .listener(event -> {})
                .build();
        var using = new ArrayList<Future<?>>();
        using.add(users.submit(() -> untilClosed(() -> {
            LiveSecret<SecretValue> live = secrets.liveLater("mem:a", Secret::value);
            while (true) {
                Subscription subscription = live.subscribe(value -> {});
                SecretValue read = secrets.get("mem:b");
                LockSupport.parkNanos(read.hashCode() & 0xffff);
                subscription.close();
            }
        })));
        using.add(users.submit(() -> untilClosed(() -> {
            while (true) {
                try (LiveSecret<SecretValue> live = secrets.live("mem:b")) {
                    LockSupport.parkNanos(live.get().hashCode() & 0xffff);
                }
            }
        })));
        using.add(users.submit(() -> untilClosed(() -> {
            for (int i = 0; source.count("close") == 0; i++) {
                source.rotate("a", "" + i);
                LockSupport.parkNanos(50_000);
            }
        })));
        LockSupport.parkNanos(random.nextInt(1_200_000));

        secrets.close();

        for (Future<?> user : using) {
            assertThat(user).as(which).succeedsWithin(Duration.ofSeconds(3));
        }
        assertThat(source.count("close")).as(which).isEqualTo(1);
        assertThat(source.watches()).as(which).isZero();
    }

    /** Uses the library until it is closed. */
    private static void untilClosed(Runnable use) {
        boolean open = true;
        while (open) {
            try {
                use.run();
                open = false;
            } catch (SecretException e) {
                // The store is out of reach at times.
            } catch (IllegalStateException e) {
                open = false;
            }
        }
    }
}
