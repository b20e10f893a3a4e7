package io.github.secretsource;

import io.github.secretsource.spi.Lease;
import java.time.Duration;

/**
 * The lease of one secret: when it ends, and when it is to be renewed or replaced. Its time counts from when the
 * request that brought it was sent. Guarded by the keeper's lock.
 *
 * <p>It is renewed at two thirds of its time. It is replaced by a new one where it cannot be renewed, where a renewal
 * brings less than a third of what it lasted at first (it nears the store's limit), where the store no longer knows it,
 * and where renewals got no answer for half of the time that was left.
 */
final class LeaseRoom {

    /** Between two leases that somebody insists on, since each is a new account at the store. */
    private static final long MINT_GAP = 10 * Plan.SECOND;

    /** How long a lease that nobody holds any more waits for somebody to take it again, before it is revoked. */
    static final long UNHELD = 30 * Plan.SECOND;

    private final long minted;
    private final long lasted;
    private Lease lease;

    /** When it ends, or never if the store does not say. */
    private long ends;

    /** When it is renewed or replaced, if all goes well; never without an end. */
    private long due;

    /** From here on it is replaced rather than renewed. */
    private long lastRenewal;

    private boolean replacing;
    private boolean denied;

    LeaseRoom(Lease lease, long sent) {
        this.lease = lease;
        this.minted = sent;
        this.lasted = Math.max(0, Plan.nanos(lease.ttl()));
        this.replacing = !lease.renewable();
        last(sent);
    }

    private void last(long sent) {
        long ttl = Plan.nanos(lease.ttl());
        ends = ttl == 0 ? Schedule.NEVER : sent + ttl;
        due = ttl == 0 ? Schedule.NEVER : sent + Plan.replacement(lease.ttl());
        lastRenewal = sent + ttl - ttl / 6;
    }

    Lease lease() {
        return lease;
    }

    long ends() {
        return ends;
    }

    boolean hasEnded(long now) {
        return ends != Schedule.NEVER && now - ends >= 0;
    }

    Duration left(long now) {
        return Duration.ofNanos(Math.max(0, ends - now));
    }

    /** When something is to be done with it; never, where it has no end. */
    long due() {
        return due;
    }

    /** Whether it is to be replaced by a new lease, not renewed. */
    boolean isReplaced(long now) {
        return replacing || (ends != Schedule.NEVER && now - lastRenewal >= 0);
    }

    /** Whether a new one may be had for who insists. */
    boolean mayMint(long now) {
        return now - minted >= MINT_GAP;
    }

    /** Renewed by a request sent then. */
    void renewed(Lease renewed, long sent, long now) {
        long ttl = Plan.nanos(renewed.ttl());
        if (ttl == 0) {
            replacing = true; // The store does not say that it lasts longer than it did.
            due = now + Plan.SECOND;
            return;
        }
        lease = renewed;
        last(sent);
        boolean nearsItsLimit = ttl < lasted / 3;
        replacing = nearsItsLimit || !renewed.renewable();
        due = nearsItsLimit ? now + Math.min(Plan.SECOND, ttl / 2) : due;
    }

    /** The store will not renew it; after a denial the next one is asked for with a fresh login. */
    void refused(boolean byDenial) {
        replacing = true;
        denied = byDenial;
    }

    boolean wasDenied() {
        return denied;
    }

    /** The wall clock says that so much more time has passed: past its end by that, it is served a little only. */
    void suspect(long passed, long grace, long now) {
        if (ends != Schedule.NEVER && passed > 0 && ends - (now + grace) > 0) {
            ends = Math.max(ends - passed, now + grace);
            lastRenewal = Math.min(lastRenewal, ends - grace / 2);
        }
    }
}
