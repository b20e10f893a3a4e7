package io.github.secretsource.vault;

import io.github.secretsource.SecretException;
import io.github.secretsource.servers.host.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/** Threads that read until this is closed, and what was refused to them. */
final class Readers implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long PAUSE_NANOS = 5_000_000;

    private final List<Thread> threads = new ArrayList<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();
    private final AtomicLong reads = new AtomicLong();
    private volatile boolean stopped;

    private Readers() {}

    /** Starts them; each reads what its number gives, again and again. */
    static Readers start(int number, IntFunction<Runnable> read) {
        var readers = new Readers();
        for (int i = 0; i < number; i++) {
            Runnable one = read.apply(i);
            var thread = new Thread(() -> readers.go(one), "reader-" + i);
            thread.setDaemon(true);
            readers.threads.add(thread);
            thread.start();
        }
        return readers;
    }

    /** Lets all read once, at the same time; returns what was refused to them. */
    static List<String> once(int number, IntFunction<Runnable> read) {
        var begin = new CountDownLatch(1);
        var ended = new CountDownLatch(number);
        Queue<String> refusals = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < number; i++) {
            Runnable one = read.apply(i);
            var thread = new Thread(() -> {
                awaitQuietly(begin);
                try {
                    one.run();
                } catch (SecretException e) {
                    refusals.add(e.toString());
                } finally {
                    ended.countDown();
                }
            });
            thread.setDaemon(true);
            thread.start();
        }
        begin.countDown();
        awaitQuietly(ended);
        return List.copyOf(refusals);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void go(Runnable read) {
        while (!stopped) {
            try {
                read.run();
                reads.incrementAndGet();
            } catch (SecretException e) {
                refusals.add(e.toString());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    long reads() {
        return reads.get();
    }

    List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** Waits for what takes seconds at most. */
    static void await(String what, BooleanSupplier condition) {
        Deadline.await(what, LIMIT, condition);
    }

    /** Lets real time pass. */
    static void pass(Duration span) {
        long end = System.nanoTime() + span.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    @Override
    public void close() {
        stopped = true;
        threads.forEach(thread -> {
            try {
                thread.join(LIMIT.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}
