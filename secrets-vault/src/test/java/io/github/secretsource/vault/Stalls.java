package io.github.secretsource.vault;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The longest time for which this machine let somebody wait for next to nothing, asked by a thread of its own. */
final class Stalls {
    private static final long STEP_NANOS = 20_000_000;

    private final Runnable question;
    private final Thread thread = new Thread(this::go, "stalls");
    private volatile long longest;
    private volatile boolean ended;

    private Stalls(Runnable question) {
        this.question = question;
    }

    /** Begins to ask, every few milliseconds; a question takes a few milliseconds itself where nothing stalls. */
    static Stalls among(Runnable question) {
        var stalls = new Stalls(question);
        stalls.thread.setDaemon(true);
        stalls.thread.start();
        return stalls;
    }

    private void go() {
        while (!ended) {
            long begun = System.nanoTime();
            question.run();
            LockSupport.parkNanos(STEP_NANOS);
            longest = Math.max(longest, System.nanoTime() - begun - STEP_NANOS);
        }
    }

    /** Asks no more and returns the longest, that of a question under way included. */
    Duration end() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Duration.ofNanos(longest);
    }
}
