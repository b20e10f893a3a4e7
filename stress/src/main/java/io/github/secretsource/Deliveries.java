package io.github.secretsource;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Keeps what consumers are to be told until some thread runs it. Safe for concurrent use. */
final class Deliveries implements Executor {

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable delivery) {
        waiting.add(delivery);
    }

    /** Runs what waits, and what is added meanwhile, on the calling thread. */
    void run() {
        for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            next.run();
        }
    }
}
