package io.github.secretsource;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a secret, without its value. New kinds may join: a switch over them needs a default.
 *
 * <p>Events are immutable and safe for concurrent use. {@link Fetched} is told for every call to a source; all others
 * are told when something changes, not once per poll.
 */
public abstract sealed class SecretEvent {

    private final SecretId id;
    private final Instant at;

    private SecretEvent(SecretId id, Instant at) {
        this.id = id;
        this.at = at;
    }

    /**
     * Returns which secret.
     *
     * @return the id
     */
    public final SecretId id() {
        return id;
    }

    /**
     * Returns when it happened.
     *
     * @return a moment on the wall clock
     */
    public final Instant at() {
        return at;
    }

    /** What follows the id in the printed form. */
    abstract String detail();

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + id + detail() + "]";
    }

    /** Keeps the hierarchy open for later kinds. */
    static final class Unlisted extends SecretEvent {

        Unlisted(SecretId id, Instant at) {
            super(id, at);
        }

        @Override
        String detail() {
            return "";
        }
    }

    /** An event with a reason. */
    private static String because(@Nullable SecretException problem) {
        return problem == null ? "" : ", " + problem.problem();
    }

    /** A source was called and the call ended, by an answer, a failure or its deadline; of a batch, one per secret. */
    public static final class Fetched extends SecretEvent {

        private final Duration took;
        private final @Nullable SecretException problem;

        Fetched(SecretId id, Instant at, Duration took, @Nullable SecretException problem) {
            super(id, at);
            this.took = took;
            this.problem = problem;
        }

        /**
         * Returns how long the call took.
         *
         * @return the time from the start of the call
         */
        public Duration took() {
            return took;
        }

        /**
         * Returns why the call failed.
         *
         * @return the problem, or empty if it succeeded
         */
        public Optional<SecretException> problem() {
            return Optional.ofNullable(problem);
        }

        @Override
        String detail() {
            return ", took=" + took + because(problem);
        }
    }

    /** The content changed. */
    public static final class Rotated extends SecretEvent {

        private final String from;
        private final String to;
        private final boolean regressed;

        Rotated(SecretId id, Instant at, String from, String to, boolean regressed) {
            super(id, at);
            this.from = from;
            this.to = to;
            this.regressed = regressed;
        }

        /**
         * Returns the version before.
         *
         * @return the label of the content replaced
         */
        public String from() {
            return from;
        }

        /**
         * Returns the version now.
         *
         * @return the label of the content served from now on
         */
        public String to() {
            return to;
        }

        /**
         * Returns whether the store went back: to a lower ordinal, or to a content that was replaced within the last
         * minute. Such an answer is believed when it has been given three times over half a minute.
         *
         * @return whether the version is older than the one before
         */
        public boolean regressed() {
            return regressed;
        }

        @Override
        String detail() {
            return ", from=" + from + ", to=" + to + (regressed ? ", regressed" : "");
        }
    }

    /** A refresh failed where the one before had succeeded; the last good value is still served. */
    public static final class RefreshFailed extends SecretEvent {

        private final SecretException problem;

        RefreshFailed(SecretId id, Instant at, SecretException problem) {
            super(id, at);
            this.problem = problem;
        }

        /**
         * Returns why.
         *
         * @return the problem
         */
        public SecretException problem() {
            return problem;
        }

        @Override
        String detail() {
            return because(problem);
        }
    }

    /** A refresh succeeded where the one before had failed. */
    public static final class Recovered extends SecretEvent {

        Recovered(SecretId id, Instant at) {
            super(id, at);
        }

        @Override
        String detail() {
            return "";
        }
    }

    /** Reads are refused from now on: too old, its lease ended, or confirmed gone or denied. */
    public static final class Withdrawn extends SecretEvent {

        private final SecretException reason;

        Withdrawn(SecretId id, Instant at, SecretException reason) {
            super(id, at);
            this.reason = reason;
        }

        /**
         * Returns why.
         *
         * @return what reads throw
         */
        public SecretException reason() {
            return reason;
        }

        @Override
        String detail() {
            return because(reason);
        }
    }

    /** A lease was extended. */
    public static final class LeaseRenewed extends SecretEvent {

        private final Duration ttl;

        LeaseRenewed(SecretId id, Instant at, Duration ttl) {
            super(id, at);
            this.ttl = ttl;
        }

        /**
         * Returns how long the lease lasts from now on.
         *
         * @return the time to live
         */
        public Duration ttl() {
            return ttl;
        }

        @Override
        String detail() {
            return ", ttl=" + ttl;
        }
    }

    /** The store denied a secret: told when it begins to, and to each caller with a purpose who is denied. */
    public static final class Denied extends SecretEvent {

        private final @Nullable String purpose;

        Denied(SecretId id, Instant at, @Nullable String purpose) {
            super(id, at);
            this.purpose = purpose;
        }

        /**
         * Returns who asked.
         *
         * @return the purpose given to {@link Secrets#withPurpose(String)}; empty where the store began to deny
         */
        public Optional<String> purpose() {
            return Optional.ofNullable(purpose);
        }

        @Override
        String detail() {
            return purpose == null ? "" : ", purpose=" + purpose;
        }
    }

    /** A handle was opened. */
    public static final class Opened extends SecretEvent {

        private final @Nullable String purpose;

        Opened(SecretId id, Instant at, @Nullable String purpose) {
            super(id, at);
            this.purpose = purpose;
        }

        /**
         * Returns who asked.
         *
         * @return the purpose given to {@link Secrets#withPurpose(String)}, or empty
         */
        public Optional<String> purpose() {
            return Optional.ofNullable(purpose);
        }

        @Override
        String detail() {
            return purpose == null ? "" : ", purpose=" + purpose;
        }
    }

    /** A handle was closed. */
    public static final class Closed extends SecretEvent {

        Closed(SecretId id, Instant at) {
            super(id, at);
        }

        @Override
        String detail() {
            return "";
        }
    }
}
