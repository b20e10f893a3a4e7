package io.github.secretsource;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A consumer that remembers what it was told; notices deliveries that overlap. Safe for concurrent use. */
final class Told implements Consumer<String> {

    private final Queue<String> values = new ConcurrentLinkedQueue<>();
    private final AtomicInteger deliveries = new AtomicInteger();

    @Override
    public void accept(String value) {
        if (deliveries.incrementAndGet() > 1) {
            values.add("at once");
        }
        values.add(value);
        deliveries.decrementAndGet();
    }

    int count() {
        return values.size();
    }

    /** The values in their order, with blanks between. */
    @Override
    public String toString() {
        return String.join(" ", values);
    }
}
