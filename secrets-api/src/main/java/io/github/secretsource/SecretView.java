package io.github.secretsource;

/**
 * Makes an application's own type out of a secret: a user with a password, a key, a client.
 *
 * <p>It runs once per version of the secret and handle: on the thread that opens the handle for the first value, on a
 * thread of the library for each later one; never while a lock is held. It must be safe for concurrent use with itself
 * where one instance serves several handles.
 *
 * <p>What it throws never reaches a log or an exception's cause (a parser's message may hold the value): the handle
 * reports a {@link SecretFormatException} that names the exception's class only. An exception of this library's own,
 * {@link SecretException}, is reported as it is.
 *
 * @param <T> the type made; the library never closes it
 */
@FunctionalInterface
public interface SecretView<T> {

    /**
     * Makes the value from one version of a secret.
     *
     * @param secret the secret narrowed to the reference: a reference with a field gives a secret of that one value
     * @return the value made, not null
     * @throws Exception if the secret does not have the expected shape
     */
    T of(Secret secret) throws Exception;
}
