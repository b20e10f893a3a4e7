package io.github.secretsource;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The secret, or the version asked for, does not exist, or its store says that it may not be used. */
public final class SecretNotFoundException extends SecretException {

    private static final long serialVersionUID = 1L;

    /** Why a store has nothing to give. New reasons may join. */
    public enum Reason {
        /** There is none. */
        ABSENT,
        /** There was one; it is deleted. */
        DELETED,
        /** It is disabled. */
        DISABLED,
        /** Its content is destroyed for good. */
        DESTROYED,
        /** It waits for its deletion. */
        PENDING_DELETION,
        /** Its validity has not begun. */
        NOT_YET_VALID,
        /** Its validity is over. */
        EXPIRED
    }

    /** Why the store has nothing to give. */
    private final Reason reason;

    /** When that ends, if the store said so. */
    private final @Nullable Instant until;

    /**
     * Makes one for a secret that is {@link Reason#ABSENT}.
     *
     * @param id which secret
     * @param problem what is wrong, without any value, header or body
     * @param fix what would fix it
     */
    public SecretNotFoundException(SecretId id, String problem, String fix) {
        this(id, problem, fix, Reason.ABSENT, null);
    }

    private SecretNotFoundException(SecretId id, String problem, String fix, Reason reason, @Nullable Instant until) {
        super(id, problem, fix);
        this.reason = reason;
        this.until = until;
    }

    /**
     * Returns the same exception with the store's reason.
     *
     * @param newReason why the store has nothing to give
     * @return the exception, not yet thrown
     */
    public SecretNotFoundException because(Reason newReason) {
        return new SecretNotFoundException(id(), problem(), fix(), newReason, until);
    }

    /**
     * Returns the same exception with the moment at which the reason ends.
     *
     * @param end when the secret becomes valid, or is deleted for good
     * @return the exception, not yet thrown
     */
    public SecretNotFoundException until(Instant end) {
        return new SecretNotFoundException(id(), problem(), fix(), reason, end);
    }

    /**
     * Returns why the store has nothing to give.
     *
     * @return the reason, {@link Reason#ABSENT} unless the store said more
     */
    public Reason reason() {
        return reason;
    }

    /**
     * Returns when the reason ends, if the store said so.
     *
     * @return a moment on the store's wall clock, or empty
     */
    public Optional<Instant> until() {
        return Optional.ofNullable(until);
    }

    /** Whether there is nothing at all, rather than something that may not be used. */
    boolean isAbsence() {
        return reason == Reason.ABSENT || reason == Reason.DELETED;
    }

    @Override
    SecretException again() {
        return new SecretNotFoundException(id(), problem(), fix(), reason, until);
    }
}
