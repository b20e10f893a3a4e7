package io.github.secretsource;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one secret stands at one moment, without its value. Immutable and safe for concurrent use. */
public final class SecretStatus {

    /** The states a secret can be in. */
    public enum State {
        /** No value yet. */
        WAITING,
        /** The last refresh succeeded; its value is served. */
        FRESH,
        /** The last refresh failed; the last good value is served. */
        STALE,
        /** Older than maxStale, its lease ended, or confirmed gone: reads are refused. */
        WITHDRAWN
    }

    private final SecretId id;
    private final State state;
    private final boolean rotates;
    private final Duration age;
    private final @Nullable SecretException problem;
    private final long reads;
    private final @Nullable Duration leaseLeft;

    SecretStatus(
            SecretId id,
            State state,
            boolean rotates,
            Duration age,
            @Nullable SecretException problem,
            long reads,
            @Nullable Duration leaseLeft) {
        this.id = id;
        this.state = state;
        this.rotates = rotates;
        this.age = age;
        this.problem = problem;
        this.reads = reads;
        this.leaseLeft = leaseLeft;
    }

    /** The same but for what a handle sees otherwise than its secret. */
    SecretStatus as(State shown, SecretException reason) {
        return new SecretStatus(id, shown, rotates, age, reason, reads, leaseLeft);
    }

    /**
     * Returns which secret.
     *
     * @return the id
     */
    public SecretId id() {
        return id;
    }

    /**
     * Returns the state.
     *
     * @return the state at the moment of asking
     */
    public State state() {
        return state;
    }

    /**
     * Returns whether this secret can change while the process runs. Environment variables and files mounted by
     * {@code subPath} cannot.
     *
     * @return false only if it is known never to change
     */
    public boolean rotates() {
        return rotates;
    }

    /**
     * Returns the time since the last successful fetch began, by the monotonic clock.
     *
     * @return the age; zero while there was no successful fetch
     */
    public Duration age() {
        return age;
    }

    /**
     * Returns why the last refresh failed.
     *
     * @return the problem, or empty if it succeeded or none has ended yet
     */
    public Optional<SecretException> problem() {
        return Optional.ofNullable(problem);
    }

    /**
     * Returns how often the value was read from memory.
     *
     * @return the count; zero unless the builder's {@code countReads()} was said
     */
    public long reads() {
        return reads;
    }

    /**
     * Returns how long its lease lasts, if it is held under one that ends.
     *
     * @return the time left, zero when it is over; empty where there is no lease or the store states no end
     */
    public Optional<Duration> leaseLeft() {
        return Optional.ofNullable(leaseLeft);
    }

    @Override
    public String toString() {
        return "SecretStatus[" + id + " " + state + ", age=" + age + (rotates ? "" : ", never rotates")
                + (problem == null ? "" : ", problem=" + problem.problem()) + "]";
    }
}
