package io.github.secretsource;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The clocks of this machine. Safe for concurrent use. */
final class SystemTimeline implements Timeline {

    static final SystemTimeline INSTANCE = new SystemTimeline();

    private SystemTimeline() {}

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Timer timer(String name, Runnable task) {
        return new Alarm(name, task);
    }

    @Override
    public boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
        try {
            done.get(Math.max(0, deadlineNanos - nanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | java.util.concurrent.CancellationException e) {
            return true; // Complete is all that is asked; how it completed is the caller's to see.
        }
    }

    @Override
    public String toString() {
        return "Timeline[system]";
    }

    /** One thread that sleeps until the moment set, started with the first moment. */
    private static final class Alarm implements Timer, Runnable {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final String name;
        private final Runnable task;

        /** Guarded by {@code lock}, like the three below. */
        private @Nullable Thread thread;

        private boolean set;
        private long at;
        private boolean closed;

        Alarm(String name, Runnable task) {
            this.name = name;
            this.task = task;
        }

        @Override
        public void set(long atNanos) {
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                at = atNanos;
                set = true;
                begin();
                changed.signal();
            } finally {
                lock.unlock();
            }
        }

        private void begin() {
            if (thread == null) {
                try {
                    thread = EngineThreads.start(name, this);
                } catch (OutOfMemoryError e) {
                    // The machine starts no more threads just now: the next set tries again.
                }
            }
        }

        @Override
        public void run() {
            while (sleep()) {
                task.run();
            }
        }

        /** Returns true when the moment has come, false when closed. */
        private boolean sleep() {
            lock.lock();
            try {
                while (!closed) {
                    long rest = set ? at - System.nanoTime() : Long.MAX_VALUE;
                    if (rest <= 0) {
                        set = false;
                        return true;
                    }
                    changed.awaitNanos(rest);
                }
                return false;
            } catch (InterruptedException e) {
                return false; // Nobody but a closing container interrupts this thread.
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            Thread ending;
            lock.lock();
            try {
                closed = true;
                changed.signal();
                ending = thread;
            } finally {
                lock.unlock();
            }
            if (ending != null) {
                EngineThreads.join(ending, System.nanoTime() + Plan.SECOND);
            }
        }
    }
}
