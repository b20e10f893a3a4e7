package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import java.time.Duration;

/** A lease of an in-memory source; the store counts what is done with it. */
record MemoryLease(MemoryStore store, SecretId secret, String id, Duration ttl, boolean renewable) implements Lease {

    @Override
    public Lease renew(FetchContext context) {
        return store.renew(this);
    }

    @Override
    public void revoke(FetchContext context) {
        store.revoke(this);
    }

    @Override
    public String toString() {
        return id;
    }
}
