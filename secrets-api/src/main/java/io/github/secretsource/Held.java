package io.github.secretsource;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a handle holds, all of one moment: the value, its version, its end and, if kept, the value before it.
 *
 * <p>Immutable and safe for concurrent use. It prints neither value.
 *
 * @param <T> the type of the value
 */
public final class Held<T> {

    private final T value;
    private final String version;
    private final @Nullable Instant expiresAt;
    private final @Nullable T previous;

    /** Which rendering of the handle made it; grows with each. */
    private final long rendering;

    Held(T value, String version, @Nullable Instant expiresAt, @Nullable T previous, long rendering) {
        this.value = value;
        this.version = version;
        this.expiresAt = expiresAt;
        this.previous = previous;
        this.rendering = rendering;
    }

    Held<T> withPrevious(@Nullable T before) {
        return new Held<>(value, version, expiresAt, before, rendering);
    }

    /** The same value under the label and end that its content has now. */
    Held<T> labelled(Secret secret) {
        return new Held<>(value, secret.version(), secret.expiresAt().orElse(null), previous, rendering);
    }

    long rendering() {
        return rendering;
    }

    /**
     * Returns the value.
     *
     * @return what {@link LiveSecret#get()} returned at the same moment
     */
    public T value() {
        return value;
    }

    /**
     * Returns the label of the content the value was made from.
     *
     * @return the store's version; where the store has none, {@code #} and a number that the library counts up
     */
    public String version() {
        return version;
    }

    /**
     * Returns when the value dies, if the store said so.
     *
     * @return a moment on the store's wall clock, or empty
     */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    /**
     * Returns the value before this one, while {@link RefreshPolicy#keepPrevious()} keeps it.
     *
     * @return the previous value, or empty
     */
    public Optional<T> previous() {
        return Optional.ofNullable(previous);
    }

    @Override
    public String toString() {
        return "Held[version=" + version + ", value=***]";
    }
}
