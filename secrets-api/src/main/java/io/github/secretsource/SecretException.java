package io.github.secretsource;

/**
 * A secret cannot be had. Exactly one of four things is the case, and each is a subtype: it does not exist
 * ({@link SecretNotFoundException}), these credentials may not read it ({@link SecretAccessException}), its source
 * cannot answer now ({@link SecretUnavailableException}), or what it holds does not fit
 * ({@link SecretFormatException}).
 *
 * <p>The message says which secret, what is wrong and what would fix it. It never holds a value, a header or a body,
 * and there is never a cause: what a client library threw is summarised in words. Each caller gets an instance of its
 * own. Immutable but for what {@link Throwable} lets callers set.
 */
public abstract sealed class SecretException extends RuntimeException
        permits SecretNotFoundException, SecretAccessException, SecretUnavailableException, SecretFormatException {

    private static final long serialVersionUID = 1L;

    // Transient, since ids are not serialisable; the message still names it after a round trip.
    private final transient SecretId id;
    /** What is wrong, in words. */
    private final String problem;

    /** What would fix it, in words. */
    private final String fix;

    SecretException(SecretId id, String problem, String fix) {
        super(id + " " + problem + "; " + fix, null, false, true);
        this.id = id;
        this.problem = problem;
        this.fix = fix;
    }

    /**
     * Returns which secret it is about.
     *
     * @return the id
     */
    public final SecretId id() {
        return id;
    }

    /**
     * Returns what is wrong, in words, without the id.
     *
     * @return the middle part of the message
     */
    public final String problem() {
        return problem;
    }

    /**
     * Returns what would fix it, in words.
     *
     * @return the last part of the message
     */
    public final String fix() {
        return fix;
    }

    /** A new instance with the same facts and the stack of the calling thread: one for each waiter. */
    abstract SecretException again();
}
