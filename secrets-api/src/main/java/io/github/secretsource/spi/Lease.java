package io.github.secretsource.spi;

import java.time.Duration;

/**
 * A store's promise that a secret stays valid for a while, renewable and revocable. It travels inside
 * {@link SecretData}, so that no combinator can lose it. Implementations are safe for concurrent use and never print
 * a token.
 */
public interface Lease {

    /**
     * Returns the store's name of this lease; loggable.
     *
     * @return the lease id
     */
    String id();

    /**
     * Returns how long the lease lasts, counted from when the request that brought it was sent.
     *
     * @return the time to live; zero if the store said nothing
     */
    Duration ttl();

    /**
     * Returns how long the store granted the lease, counted like {@link #ttl}: longer where the lease may end before,
     * with the login under which it was made, and lives on if that is renewed. Until then it is given back at close.
     *
     * @return the time; by default {@link #ttl}
     */
    default Duration granted() {
        return ttl();
    }

    /**
     * Returns whether {@link #renew} may be asked.
     *
     * @return whether the store lets it be extended
     */
    boolean renewable();

    /**
     * Extends the lease, blocking like a fetch.
     *
     * @param context how long there is
     * @return the lease as it stands after the renewal
     */
    Lease renew(FetchContext context);

    /**
     * Ends the lease at the store, blocking like a fetch.
     *
     * @param context how long there is
     */
    void revoke(FetchContext context);
}
