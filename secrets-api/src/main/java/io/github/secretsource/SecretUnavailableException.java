package io.github.secretsource;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The source cannot answer now: it is down, slow, throttling or answers something that is not the store's. Trying
 * again later may help; the library does so by itself for every secret in use.
 */
public final class SecretUnavailableException extends SecretException {

    private static final long serialVersionUID = 1L;

    /** How long the store asked to wait, if it throttles. */
    private final @Nullable Duration retryAfter;

    /** Whether the store answered, and has trouble with this secret alone. */
    private final boolean ofThisSecretOnly;

    /**
     * Makes one.
     *
     * @param id which secret
     * @param problem what is wrong, without any value, header or body
     * @param fix what would fix it
     */
    public SecretUnavailableException(SecretId id, String problem, String fix) {
        this(id, problem, fix, null, false);
    }

    private SecretUnavailableException(
            SecretId id, String problem, String fix, @Nullable Duration retryAfter, boolean ofThisSecretOnly) {
        super(id, problem, fix);
        this.retryAfter = retryAfter;
        this.ofThisSecretOnly = ofThisSecretOnly;
    }

    /**
     * Returns the exception of a store that asks to be left alone for a while.
     *
     * @param id which secret
     * @param retryAfter how long the store asked to wait; the library honours it within 1 to 60 seconds
     * @return the exception, not yet thrown
     */
    public static SecretUnavailableException throttled(SecretId id, Duration retryAfter) {
        return new SecretUnavailableException(
                id, "is throttled by its source", "the source asks to wait " + retryAfter, retryAfter, false);
    }

    /**
     * Returns the same exception with how long the store asked to be left alone.
     *
     * @param wait as the store stated it; the library honours it within 1 to 60 seconds
     * @return the exception, not yet thrown
     */
    public SecretUnavailableException withRetryAfter(Duration wait) {
        return new SecretUnavailableException(id(), problem(), fix(), wait, ofThisSecretOnly);
    }

    /**
     * Returns how long the store asked to wait, if it throttles.
     *
     * @return the wait as the store stated it, or empty if it did not throttle
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /**
     * Returns the same exception of a store that answers, but cannot serve this one secret: a database behind it is
     * down, say. It says nothing of the store, and other secrets of its source are asked for as ever.
     *
     * @return the exception, not yet thrown
     */
    public SecretUnavailableException ofThisSecretOnly() {
        return new SecretUnavailableException(id(), problem(), fix(), retryAfter, true);
    }

    /**
     * Returns whether the store has trouble with this secret alone.
     *
     * @return false if the source as a whole may be down
     */
    public boolean isOfThisSecretOnly() {
        return ofThisSecretOnly;
    }

    @Override
    SecretException again() {
        return new SecretUnavailableException(id(), problem(), fix(), retryAfter, ofThisSecretOnly);
    }
}
