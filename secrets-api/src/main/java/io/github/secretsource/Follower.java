package io.github.secretsource;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One consumer of one handle: told the latest value, serially, each at most once, never an older one after a newer.
 *
 * @param <T> the type of the value
 */
final class Follower<T> implements Subscription {

    private final LiveSecret<T> handle;
    private final Consumer<? super T> consumer;
    private final Engine engine;
    private final Mailbox mailbox;
    private volatile boolean closed;

    /** Used by the mailbox's runs only, which are serial. */
    private long delivered;

    private boolean threw;

    Follower(Engine engine, SecretId id, LiveSecret<T> handle, Consumer<? super T> consumer) {
        this.engine = engine;
        this.handle = handle;
        this.consumer = consumer;
        this.mailbox = new Mailbox(engine, engine.deliveries(), this::deliver, "a consumer of " + id);
        mailbox.begin();
    }

    /** Delivers what is at hand on the calling thread; what the consumer throws is the caller's. */
    void first() {
        Held<T> held = handle.heldNow();
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
        Held<T> held = handle.heldNow();
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
                engine.events()
                        .warn("a consumer of " + handle.id() + " threw " + e.getClass().getName()
                                + "; it goes on being told, further ones are not reported");
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        handle.forget(this);
    }
}
