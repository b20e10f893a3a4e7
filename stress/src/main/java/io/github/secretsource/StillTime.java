package io.github.secretsource;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that stands still until it is moved. Nothing it is set to ever fires, and who waits does the work of the engine's
 * threads meanwhile. Safe for concurrent use.
 */
final class StillTime implements Timeline {

    /** In real time: longer than any thread of a test is kept from running. */
    private static final long PATIENCE = 10 * Plan.SECOND;

    private final Runnable work;
    private volatile long now;

    StillTime(Runnable work) {
        this.work = work;
    }

    /** Moves on to a moment. For one thread, before the others begin or after they end. */
    void moveTo(long moment) {
        now = moment;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public Timer timer(String name, Runnable task) {
        return Never.INSTANCE;
    }

    @Override
    public boolean await(CompletableFuture<?> done, long deadlineNanos) {
        long began = System.nanoTime();
        while (!done.isDone()) {
            work.run();
            if (System.nanoTime() - began > PATIENCE) {
                return false; // Nobody is going to complete it.
            }
            LockSupport.parkNanos(1);
        }
        return true;
    }

    private enum Never implements Timer {
        INSTANCE;

        @Override
        public void set(long atNanos) {}

        @Override
        public void close() {}
    }
}
