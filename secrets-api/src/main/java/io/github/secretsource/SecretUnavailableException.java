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

    /**
     * Makes one.
     *
     * @param id which secret
     * @param problem what is wrong, without any value, header or body
     * @param fix what would fix it
     */
    public SecretUnavailableException(SecretId id, String problem, String fix) {
        this(id, problem, fix, null);
    }

    private SecretUnavailableException(SecretId id, String problem, String fix, @Nullable Duration retryAfter) {
        super(id, problem, fix);
        this.retryAfter = retryAfter;
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
                id, "is throttled by its source", "the source asks to wait " + retryAfter, retryAfter);
    }

    /**
     * Returns the same exception with how long the store asked to be left alone.
     *
     * @param wait as the store stated it; the library honours it within 1 to 60 seconds
     * @return the exception, not yet thrown
     */
    public SecretUnavailableException withRetryAfter(Duration wait) {
        return new SecretUnavailableException(id(), problem(), fix(), wait);
    }

    /**
     * Returns how long the store asked to wait, if it throttles.
     *
     * @return the wait as the store stated it, or empty if it did not throttle
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    @Override
    SecretException again() {
        return new SecretUnavailableException(id(), problem(), fix(), retryAfter);
    }
}
