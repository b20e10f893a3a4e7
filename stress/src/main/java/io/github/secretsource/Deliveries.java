package io.github.secretsource;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Keeps the deliveries to a consumer until some thread runs them. Safe for concurrent use. */
final class Deliveries implements Executor {

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable delivery) {
        waiting.add(delivery);
    }

    /** Runs what waits, and what is added meanwhile, on the calling thread. */
    void run(Told told) {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            told.beginsNow(next);
        }
    }
}
