package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscribing, publishing and closing at once, on real threads. */
@Timeout(60)
class DeliveryRaceTest {

    private static final int LAST = 400;

    private final HintingSource source = HintingSource.local().put("app", "0");

    /** A consumer that checks what it is told while it is told. */
    private static final class Checked {
        private final AtomicInteger inside = new AtomicInteger();
        private final CountDownLatch last = new CountDownLatch(1);
        private volatile int latest = -1;
        private volatile String wrong = "";
        private volatile boolean closed;
        private final AtomicInteger afterClose = new AtomicInteger();

        void accept(int value) {
            if (inside.incrementAndGet() > 1) {
                wrong = "two at once";
            }
            if (value <= latest) {
                wrong = value + " after " + latest;
            }
            if (closed) {
                afterClose.incrementAndGet();
            }
            latest = value;
            inside.decrementAndGet();
            if (value == LAST) {
                last.countDown();
            }
        }
    }

    @RepeatedTest(5)
    @DisplayName("I2 whoever subscribes while a secret rotates is told the last value, in order, one at a time")
    void losesNoLatestValue() throws Exception {
        try (Secrets secrets = Secrets.builder().source("mem", source).build()) {
            LiveSecret<Integer> live = secrets.live("mem:app", DeliveryRaceTest::number);
            List<Checked> consumers = new ArrayList<>();
            var barrier = new CyclicBarrier(5);
            var subscribers = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                subscribers.add(thread(() -> {
                    barrier.await();
                    for (int j = 0; j < 50; j++) {
                        var consumer = new Checked();
                        live.subscribe(consumer::accept);
                        synchronized (consumers) {
                            consumers.add(consumer);
                        }
                        LockSupport.parkNanos(200_000);
                    }
                }));
            }
            barrier.await();

            publishUpTo(LAST);
            for (Thread subscriber : subscribers) {
                subscriber.join();
            }

            for (Checked consumer : consumers) {
                assertThat(consumer.last.await(10, TimeUnit.SECONDS))
                        .as("told the last")
                        .isTrue();
                assertThat(consumer.wrong).isEmpty();
            }
        }
    }

    @RepeatedTest(5)
    void deliversAtMostOneThatHadBegunAfterClose() throws Exception {
        try (Secrets secrets = Secrets.builder().source("mem", source).build()) {
            LiveSecret<Integer> live = secrets.live("mem:app", DeliveryRaceTest::number);
            var barrier = new CyclicBarrier(5);
            List<Checked> consumers = new ArrayList<>();
            var closers = new ArrayList<Thread>();
            for (int i = 0; i < 4; i++) {
                closers.add(thread(() -> {
                    barrier.await();
                    for (int j = 0; j < 50; j++) {
                        var consumer = new Checked();
                        Subscription subscription = live.subscribe(consumer::accept);
                        LockSupport.parkNanos(100_000);
                        subscription.close();
                        consumer.closed = true;
                        synchronized (consumers) {
                            consumers.add(consumer);
                        }
                    }
                }));
            }
            barrier.await();

            publishUpTo(LAST);
            for (Thread closer : closers) {
                closer.join();
            }

            for (Checked consumer : consumers) {
                assertThat(consumer.afterClose.get()).isLessThanOrEqualTo(1);
                assertThat(consumer.wrong).isEmpty();
            }
        }
    }

    @Test
    void closesHandlesAndSecretsWhileOthersSubscribeAndPublish() throws Exception {
        for (int round = 0; round < 100; round++) {
            var random = new Random(round);
            var local = HintingSource.local().put("app", "0");
            Secrets secrets = Secrets.builder().source("mem", local).build();
            LiveSecret<Integer> live = secrets.live("mem:app", DeliveryRaceTest::number);
            var subscriber = thread(() -> {
                try {
                    for (int i = 0; i < 50; i++) {
                        Subscription unused = live.subscribe(value -> {});
                        live.get();
                    }
                } catch (IllegalStateException e) {
                    // Closed meanwhile.
                }
            });
            var publisher = thread(() -> {
                for (int i = 1; i < 50; i++) {
                    local.rotate("app", "" + i);
                }
            });
            LockSupport.parkNanos(random.nextInt(2_000_000));

            if (random.nextBoolean()) {
                live.close();
            }
            secrets.close();

            for (Thread thread : List.of(subscriber, publisher)) {
                thread.join(5_000);
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }

    private void publishUpTo(int last) {
        for (int i = 1; i <= last; i++) {
            source.rotate("app", "" + i);
            LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
        }
    }

    private static int number(Secret secret) {
        return Integer.parseInt(secret.value().reveal());
    }

    private interface Work {
        void run() throws Exception;
    }

    private static Thread thread(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }
}
