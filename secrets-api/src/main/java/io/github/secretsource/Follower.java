package io.github.secretsource;

import java.util.function.Consumer;

/**
 * One consumer of one handle: told the latest value, serially, each at most once, never an older one after a newer.
 *
 * @param <T> the type of the value
 */
final class Follower<T> implements Subscription {

    private final Showing<T> showing;
    private final Consumer<? super T> consumer;
    private final Mailbox mailbox;
    private volatile boolean closed;

    /** Used by the mailbox's runs only, which are serial. */
    private long delivered;

    private boolean threw;

    Follower(Showing<T> showing, Consumer<? super T> consumer) {
        this.showing = showing;
        this.consumer = consumer;
        Engine engine = showing.engine();
        String owner = "a consumer of " + showing.keeper().id();
        this.mailbox = new Mailbox(engine, engine.deliveries(), this::deliver, owner);
        mailbox.begin();
    }

    /** Delivers what is at hand on the calling thread; what the consumer throws is the caller's. */
    void first() {
        Held<T> held = showing.held();
        if (held != null) {
            delivered = held.rendering();
            consumer.accept(held.value());
        }
        mailbox.end();
    }

    void signal() {
        mailbox.signal();
    }

    private void deliver() {
        Held<T> held = showing.held();
        if (closed || held == null || held.rendering() <= delivered) {
            return;
        }
        delivered = held.rendering();
        try {
            consumer.accept(held.value());
        } catch (Throwable e) {
            // Application code on our thread. Its message may hold the value: only the class is told, once.
            if (!threw) {
                threw = true;
                showing.engine()
                        .events()
                        .warn("a consumer of " + showing.keeper().id() + " threw "
                                + e.getClass().getName() + "; it goes on being told, further ones are not reported");
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        showing.forget(this);
    }
}
