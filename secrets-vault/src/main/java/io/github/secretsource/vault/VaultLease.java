package io.github.secretsource.vault;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import java.time.Duration;

/**
 * A lease of the server. It lasts no longer than the token that it was made under, since the server ends it with that.
 *
 * @param reader who renews and revokes it
 * @param secret what was leased
 * @param id as the server calls it
 * @param asked for how long it was given at first, in seconds
 * @param ttl how long it lasts, as far as its token does
 * @param granted how long it lasts if its token is renewed
 * @param renewable whether it can be renewed
 * @param token that it was made under
 */
record VaultLease(
        VaultReader reader,
        SecretId secret,
        String id,
        long asked,
        Duration ttl,
        Duration granted,
        boolean renewable,
        Token token)
        implements Lease {

    /** Whether its token is renewed no more and ends so soon that a renewal of the lease would bring next to nothing. */
    boolean endsWithItsToken(long now) {
        return !token.isRenewable() && token.left(now) < ttl.toNanos() / 2;
    }

    @Override
    public Lease renew(FetchContext context) {
        return reader.renew(this, context);
    }

    @Override
    public void revoke(FetchContext context) {
        reader.revoke(this, context);
    }

    @Override
    public String toString() {
        return "VaultLease[" + id + "]";
    }
}
