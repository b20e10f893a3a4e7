package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Interrupts at random moments into threads that wait for the same calls. The same again, but for what the machine
 * makes of it: {@code -Dsecretsource.seed=} and the seed in a failure's message.
 */
@Timeout(60)
class RandomInterruptTest {

    private static final int INTERRUPTS = 100_000;
    private static final int WAITERS = 4;

    private final long seed =
            Long.getLong("secretsource.seed", ThreadLocalRandom.current().nextLong());
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger interruptedCalls = new AtomicInteger();

    /** The cold secret that all wait for; the first who gets it moves on to the next. */
    private final AtomicInteger current = new AtomicInteger();

    private final AtomicBoolean over = new AtomicBoolean();

    private final SecretSource source = (id, context) -> {
        calls.incrementAndGet();
        LockSupport.parkNanos(20_000);
        if (Thread.currentThread().isInterrupted()) {
            interruptedCalls.incrementAndGet();
        }
        return SecretData.of(SecretValue.of(id.path()));
    };

    @Test
    @DisplayName("F46 each of 100,000 interrupts fails the waiter it hits and no other; no call is lost or made twice")
    void interruptsPoisonNobody() throws InterruptedException {
        try (var secrets = Secrets.builder().source("s", source).build()) {
            var waiters =
                    Stream.generate(() -> new Waiter(secrets)).limit(WAITERS).toList();
            waiters.forEach(waiter -> waiter.thread.start());

            var random = new Random(seed);
            for (int i = 0; i < INTERRUPTS; i++) {
                waiters.get(random.nextInt(WAITERS)).thread.interrupt();
                if (random.nextInt(4) == 0) {
                    LockSupport.parkNanos(random.nextInt(50_000));
                }
            }
            over.set(true);

            for (Waiter waiter : waiters) {
                waiter.thread.join();
                assertThat(waiter.problem).as("seed %s", seed).isNull();
                assertThat(waiter.failed).as("seed %s", seed).isPositive();
                assertThat(waiter.served).as("seed %s", seed).isPositive();
            }
        }
        assertThat(calls.get()).as("seed %s", seed).isBetween(current.get(), current.get() + 1);
        assertThat(interruptedCalls).as("seed %s", seed).hasValue(0);
    }

    /** Reads one cold secret after the other, each of them again when it was interrupted. */
    private final class Waiter implements Runnable {

        private final Thread thread = new Thread(this, "waiter");
        private final Secrets secrets;

        /** Read by others once the thread has ended, as are the two below. */
        private int failed;

        private int served;
        private @Nullable Throwable problem;

        Waiter(Secrets secrets) {
            this.secrets = secrets;
            thread.setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (!over.get()) {
                    read(current.get());
                }
            } catch (Throwable e) {
                problem = e;
            }
        }

        private void read(int number) {
            boolean unused = Thread.interrupted();
            try {
                String value = secrets.get("s:app" + number).reveal();
                assertThat(value).isEqualTo("app" + number);
                current.compareAndSet(number, number + 1);
                served++;
            } catch (SecretUnavailableException e) {
                // Only an interrupt since the last look sets the flag, and only that is a reason to fail.
                assertThat(Thread.interrupted()).as(e.getMessage()).isTrue();
                failed++;
            }
        }
    }
}
