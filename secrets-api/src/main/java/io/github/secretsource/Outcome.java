package io.github.secretsource;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one secret among several: a result or the reason why there is none.
 *
 * <p>Immutable and safe for concurrent use. It prints neither the result nor any part of it.
 *
 * @param <T> the type of the result
 */
public final class Outcome<T> {

    private final @Nullable T result;
    private final @Nullable SecretException problem;

    private Outcome(@Nullable T result, @Nullable SecretException problem) {
        this.result = result;
        this.problem = problem;
    }

    /**
     * Returns the outcome of a success.
     *
     * @param result the result
     * @param <T> its type
     * @return an outcome without a problem
     */
    public static <T> Outcome<T> of(T result) {
        return new Outcome<>(Objects.requireNonNull(result, "result"), null);
    }

    /**
     * Returns the outcome of a failure.
     *
     * @param problem why there is no result
     * @param <T> the type a result would have had
     * @return an outcome without a result
     */
    public static <T> Outcome<T> failed(SecretException problem) {
        return new Outcome<>(null, Objects.requireNonNull(problem, "problem"));
    }

    /**
     * Returns the result.
     *
     * @return the result, not null
     * @throws SecretException if there is none: an instance of this call's own
     */
    public T get() {
        if (result != null) {
            return result;
        }
        throw reason().again();
    }

    /**
     * Returns why there is no result.
     *
     * @return the problem, or empty if there is a result
     */
    public Optional<SecretException> problem() {
        return Optional.ofNullable(problem);
    }

    private SecretException reason() {
        return Objects.requireNonNull(problem);
    }

    @Override
    public String toString() {
        return problem == null ? "Outcome[ok]" : "Outcome[" + problem.getMessage() + "]";
    }
}
