package io.github.secretsource;

import java.time.Duration;

/**
 * The lease of one secret: when it ends, and when it is to be renewed or replaced. Its time counts from when the
 * request that brought it was sent. Guarded by the keeper's lock.
 *
 * <p>It is renewed at two thirds of its time. It is replaced by a new one where it cannot be renewed, where a renewal
 * brings less than half of what it lasted at first (it nears the store's limit), where the store no longer knows it,
 * and where renewals got no answer for half of the time that was left.
 */
final class LeaseRoom {

    /** Between two leases that somebody insists on, since each is a new account at the store. */
    private static final long MINT_GAP = 10 * Plan.SECOND;

    /** How long a lease that nobody holds any more waits for somebody to take it again, before it is revoked. */
    static final long UNHELD = 30 * Plan.SECOND;

    /** How long what may have ended is served until that is checked. */
    private static final long GRACE = 15 * Plan.SECOND;

    private final long minted;
    private final long lasted;

    /** When the lease before this one ends, which handles may show whose view fails; never, if there was none. */
    private final long beforeEnds;

    private LeaseTerms terms;

    /** When the store was last asked about it. */
    private long checked;

    /** When it ends, or never if the store does not say. */
    private long ends;

    /** When it is renewed or replaced, if all goes well; never without an end. */
    private long due;

    /** From here on it is replaced rather than renewed. */
    private long lastRenewal;

    /** When the store forgets it, whatever becomes of its login; or never. */
    private long granted;

    private boolean replacing;
    private boolean denied;

    /** Somebody read it and may use it without holding it: it is not given back before the library closes. */
    private boolean kept;

    LeaseRoom(LeaseTerms terms, long sent, long beforeEnds) {
        this.terms = terms;
        this.minted = sent;
        this.lasted = terms.ttl();
        this.beforeEnds = beforeEnds;
        this.replacing = !terms.renewable();
        runsFrom(sent);
    }

    private void runsFrom(long sent) {
        checked = sent;
        boolean endless = terms.isEndless();
        ends = endless ? Schedule.NEVER : sent + terms.ttl();
        granted = endless ? Schedule.NEVER : sent + terms.granted();
        due = endless ? Schedule.NEVER : sent + Plan.replacement(Duration.ofNanos(terms.ttl()));
        lastRenewal = ends - terms.ttl() / 6;
    }

    LeaseTerms terms() {
        return terms;
    }

    long ends() {
        return ends;
    }

    long granted() {
        return granted;
    }

    long beforeEnds() {
        return beforeEnds;
    }

    boolean isEndless() {
        return ends == Schedule.NEVER;
    }

    boolean hasEnded(long now) {
        return !isEndless() && now - ends >= 0;
    }

    Duration left(long now) {
        return isEndless() ? Duration.ZERO : Duration.ofNanos(Math.max(0, ends - now));
    }

    /** When something is to be done with it; never, where it has no end. */
    long due() {
        return due;
    }

    /** From when on it is replaced, if it was not renewed by then. */
    long lastRenewal() {
        return lastRenewal;
    }

    long checked() {
        return checked;
    }

    /** Whether it is to be replaced by a new lease, not renewed. */
    boolean isReplaced(long now) {
        return replacing || (!isEndless() && now - lastRenewal >= 0);
    }

    /** Whether it is to be renewed, if anybody needs that. */
    boolean isDue(long now) {
        return !isEndless() && now - due >= 0 && !isReplaced(now);
    }

    boolean isKept() {
        return kept;
    }

    /**
     * When to look at it again while nobody holds it: one that was read, to see whether it goes on being read and is to
     * be renewed, more and more often while there is time for that; one that was not, to give it back.
     */
    long whenUnheld(Usage usage, long now) {
        kept |= usage.wasRead();
        if (!kept) {
            return Math.max(now, usage.last() + UNHELD);
        }
        if (isEndless() || isReplaced(now)) {
            return Schedule.NEVER;
        }
        return now - due < 0 ? due : now + Math.max(Plan.SECOND, (lastRenewal - now) / 2);
    }

    /** Whether a new one may be had for who insists. */
    boolean mayMint(long now) {
        return now - minted >= MINT_GAP;
    }

    /** Renewed by a request sent then; false if the store does not say that it lasts longer than it did. */
    boolean renewed(LeaseTerms renewed, long sent, long now) {
        checked = sent;
        if (renewed.ttl() <= 0) {
            replacing |= !isEndless();
            due = isEndless() ? Schedule.NEVER : soon(now);
            return isEndless();
        }
        terms = renewed;
        runsFrom(sent);
        boolean nearsItsLimit = isShort(renewed.ttl());
        replacing = nearsItsLimit || !renewed.renewable();
        due = nearsItsLimit ? soon(now) : due;
        return true;
    }

    /** Whether a renewal brought so little that the next would come too late: stores round to whole seconds. */
    private boolean isShort(long ttl) {
        return ttl < lasted / 2 || (ttl <= Plan.SECOND && ttl < lasted);
    }

    private long soon(long now) {
        return now + Math.min(Plan.SECOND, Math.max(0, ends - now) / 4);
    }

    /** The store will not renew it. */
    void refused() {
        replacing = true;
    }

    /** The store will not give another, as a second opinion has shown. */
    void deniedForGood() {
        denied = true;
    }

    boolean isDeniedForGood() {
        return denied;
    }

    /** So much more time may have passed: past its end by that, it is served a little only. */
    void suspect(long passed, long now) {
        if (!isEndless() && passed > 0 && ends - (now + GRACE) > 0) {
            ends = Math.max(ends - passed, now + GRACE);
            lastRenewal = Math.min(lastRenewal, ends - 2 * Plan.SECOND);
            due = Math.min(due, lastRenewal);
        }
    }

    /** It may have ended already. */
    void doubt(long now) {
        suspect(Long.MAX_VALUE / 4, now);
    }
}
