package io.github.secretsource;

/**
 * Something that can be stopped: a consumer that follows a secret, a source's watch, a repeating task.
 *
 * <p>Safe for concurrent use. Closing twice is the same as closing once; closing never blocks on application code and
 * never throws.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

    /** A subscription with nothing behind it: closing it does nothing. */
    Subscription NONE = () -> {};

    /** Stops it. A delivery that already began may still finish. */
    @Override
    void close();
}
