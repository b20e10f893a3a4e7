package io.github.secretsource;

import io.github.secretsource.spi.Lease;
import java.time.Duration;
import java.util.Objects;

/**
 * What a lease says of itself, asked once and under no lock, since a lease is foreign code.
 *
 * @param lease the lease
 * @param id its name
 * @param ttl nanoseconds from when the request was sent; zero if the store states no end; negative if it is over
 * @param granted nanoseconds from then, after which there is nothing to give back; at least the other
 * @param renewable whether it can be renewed
 */
record LeaseTerms(Lease lease, String id, long ttl, long granted, boolean renewable) {

    static LeaseTerms of(Lease lease) {
        var ttl = lease.ttl();
        long nanos = ttl.isNegative() ? -1 : Plan.nanos(ttl);
        return of(lease, nanos);
    }

    /** The same of a lease that was renewed: one that does not say how long it lasts lasts no longer than before. */
    static LeaseTerms renewed(Lease lease) {
        Duration ttl = lease.ttl();
        boolean stated = ttl != null && !ttl.isNegative();
        return of(lease, stated ? Plan.nanos(ttl) : 0);
    }

    private static LeaseTerms of(Lease lease, long ttl) {
        Duration granted = lease.granted();
        long atLeast = granted == null || granted.isNegative() ? ttl : Math.max(ttl, Plan.nanos(granted));
        return new LeaseTerms(lease, Objects.requireNonNull(lease.id()), ttl, atLeast, lease.renewable());
    }

    boolean isEndless() {
        return ttl == 0;
    }

    /** Whether it is over at a moment, if the request was sent at another. */
    boolean isOver(long sent, long now) {
        return ttl != 0 && now - sent >= ttl;
    }
}
