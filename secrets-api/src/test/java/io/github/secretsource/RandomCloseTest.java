package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closes at random moments while everything else goes on. */
@Timeout(120)
class RandomCloseTest {

    private static final int ROUNDS = 2_000;

    @Test
    @DisplayName("F49 2,000 closes at random moments leave no thread, no waiter and no watch")
    void leavesNothingBehind() throws Exception {
        long seed =
                Long.getLong("secretsource.seed", ThreadLocalRandom.current().nextLong());
        var threads = Threads.sinceNow();
        var log = CapturedLog.start();
        try {
            for (int round = 0; round < ROUNDS; round++) {
                String which = "round " + round + " of -Dsecretsource.seed=" + seed;
                closeSometime(new Random(seed + round), which);
                assertThat(log.warnings())
                        .as(which)
                        .filteredOn(RandomCloseTest::isOfClosing)
                        .isEmpty();
            }
        } finally {
            log.close();
        }
        assertThat(threads.left()).as("seed " + seed).isEmpty();
    }

    private static boolean isOfClosing(String line) {
        return line.startsWith("Secrets closed");
    }

    private static void closeSometime(Random random, String which) throws InterruptedException {
        HintingSource source = random.nextBoolean() ? HintingSource.local() : HintingSource.remote();
        int slow = random.nextInt(300_000);
        boolean fails = random.nextInt(4) == 0;
        source.put("a", "0").put("b", "0").fetches((id, context) -> {
            LockSupport.parkNanos(slow);
            if (fails && source.fetches() % 3 == 0) {
                throw new SecretUnavailableException(id, "is out of reach", "start the store");
            }
            return source.stored(id);
        });
        var policy = RefreshPolicy.unset().withRefreshAfter(Duration.ofMillis(1 + random.nextInt(3)));
        Secrets secrets = Secrets.builder()
                .policy(policy)
                .source("mem", source)
                .listener(event -> {})
                .build();
        var users = new ArrayList<Thread>();
        users.add(user(() -> {
            LiveSecret<SecretValue> live = secrets.liveLater("mem:a", Secret::value);
            while (true) {
                Subscription subscription = live.subscribe(value -> {});
                SecretValue read = secrets.get("mem:b");
                LockSupport.parkNanos(read.hashCode() & 0xffff);
                subscription.close();
            }
        }));
        users.add(user(() -> {
            while (true) {
                try (LiveSecret<SecretValue> live = secrets.live("mem:b")) {
                    SecretValue unused = live.get();
                }
            }
        }));
        users.add(user(() -> {
            for (int i = 0; source.count("close") == 0; i++) {
                source.rotate("a", "" + i);
                LockSupport.parkNanos(50_000);
            }
        }));
        LockSupport.parkNanos(random.nextInt(3_000_000));

        secrets.close();

        for (Thread user : users) {
            user.join(3_000);
            assertThat(List.of(user.getStackTrace())).as(which).isEmpty();
        }
        assertThat(source.count("close")).as(which).isEqualTo(1);
        assertThat(source.watches()).as(which).isZero();
    }

    /** Uses the library until it is closed. */
    private static Thread user(Runnable use) {
        return EngineThreads.start("user", () -> {
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
        });
    }
}
