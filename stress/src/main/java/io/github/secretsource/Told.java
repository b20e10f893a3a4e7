package io.github.secretsource;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A consumer of one handle that remembers what it was told, and notices deliveries that overlap or that begin when the
 * handle is closed. Safe for concurrent use.
 */
final class Told implements Consumer<String> {

    private final Queue<String> values = new ConcurrentLinkedQueue<>();
    private final AtomicInteger deliveries = new AtomicInteger();
    private final ThreadLocal<Boolean> late = ThreadLocal.withInitial(() -> false);
    private volatile boolean closed;

    /** Subscribes it on the calling thread. */
    void subscribeTo(LiveSecret<String> handle) {
        beginsNow(() -> {
            Subscription unused = handle.subscribe(this);
        });
    }

    /** Closes its handle: one delivery that began before may still finish, none begins any more. */
    void close(LiveSecret<String> handle) {
        handle.close();
        closed = true;
    }

    /** Runs something that may deliver and begins at this moment. */
    void beginsNow(Runnable delivery) {
        late.set(closed);
        try {
            delivery.run();
        } finally {
            late.remove();
        }
    }

    @Override
    public void accept(String value) {
        if (deliveries.incrementAndGet() > 1) {
            values.add("at once");
        }
        values.add(late.get() ? value + " late" : value);
        deliveries.decrementAndGet();
    }

    /** The values in their order, with blanks between. */
    @Override
    public String toString() {
        return String.join(" ", values);
    }
}
