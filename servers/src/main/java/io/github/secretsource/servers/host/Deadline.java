package io.github.secretsource.servers.host;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens in another process, by asking again every 20 ms. */
public final class Deadline {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Deadline() {}

    /**
     * Waits until something is so.
     *
     * @param what what is waited for, as "it is ready" in the message of the failure
     * @param limit how long at most
     * @param condition asked on this thread
     * @throws AssertionError if it is not so in time
     */
    public static void await(String what, Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("after " + limit + " still not so: " + what);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new AssertionError("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
