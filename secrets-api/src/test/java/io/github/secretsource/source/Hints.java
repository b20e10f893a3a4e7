package io.github.secretsource.source;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Counts hints. */
final class Hints implements Runnable {

    private final Semaphore hints = new Semaphore(0);

    @Override
    public void run() {
        hints.release();
    }

    /** Waits for a hint, and takes all there are. */
    boolean arrive() throws InterruptedException {
        boolean arrived = hints.tryAcquire(10, TimeUnit.SECONDS);
        hints.drainPermits();
        return arrived;
    }

    /** Takes all there are, without waiting, and says how many there were. */
    int taken() {
        return hints.drainPermits();
    }
}
