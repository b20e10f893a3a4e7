package io.github.secretsource;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * All the time the library sees: wall clock, monotonic clock, timer and timed waits in one object, since three that are
 * advanced separately cannot agree.
 *
 * <p>{@link #system()} is the real one and the default. {@code FakeTime} of {@code secrets-test} is the one that tests
 * hold. Implementations are safe for concurrent use.
 */
public interface Timeline {

    /**
     * Returns the real clocks and timers of this machine.
     *
     * @return the real timeline; it holds no thread until a timer is set
     */
    static Timeline system() {
        return SystemTimeline.INSTANCE;
    }

    /**
     * Returns a reading of the monotonic clock: right for ages and deadlines, meaningless as a date.
     *
     * @return nanoseconds since an arbitrary origin; compare by difference only
     */
    long nanos();

    /**
     * Returns the wall clock: right for dates that people or stores wrote down, wrong for ages.
     *
     * @return the present moment
     */
    Instant now();

    /**
     * Makes a timer that runs one task whenever the moment last set has come. The task runs on the timer's own thread
     * (with a fake: on the thread that advances it), must be brief and must not block.
     *
     * @param name of the thread
     * @param task what to run; what it throws is the timer's end, so it does not throw
     * @return the timer, with nothing set
     */
    Timer timer(String name, Runnable task);

    /**
     * Waits until {@code done} is complete, normally or not, or the monotonic clock reaches {@code deadlineNanos}.
     *
     * @param done what to wait for
     * @param deadlineNanos a reading of {@link #nanos()} at which to give up
     * @return whether it completed in time
     * @throws InterruptedException if the waiting thread is interrupted; nothing else is affected
     */
    boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException;

    /**
     * Wraps a task that is handed to another thread, so that a fake can tell when all work is done. The real timeline
     * returns the task itself.
     *
     * @param task a task about to be handed over; the result runs exactly once
     * @return the task to hand over instead
     */
    default Runnable tracked(Runnable task) {
        return task;
    }

    /** One alarm clock. Safe for concurrent use. */
    interface Timer extends AutoCloseable {

        /**
         * Sets the next moment, replacing the one set before.
         *
         * @param atNanos a reading of {@link Timeline#nanos()}; one in the past means at once
         */
        void set(long atNanos);

        /** Stops the timer and waits up to one second for its thread to end, unless called on that thread. */
        @Override
        void close();
    }

    /**
     * Returns the reading at which a wait of the given length that starts now ends.
     *
     * @param wait how long; very long waits end in some 146 years
     * @return a reading of {@link #nanos()}
     */
    default long after(Duration wait) {
        return nanos() + Plan.nanos(wait);
    }
}
