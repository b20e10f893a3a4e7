package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;

/**
 * A token and how long it lasts. The end moves when it is renewed. Safe for concurrent use; never printed.
 */
final class Token {
    /** The end of what never ends. */
    static final long NEVER = Long.MAX_VALUE;

    private static final long SECOND = 1_000_000_000;
    private static final long LONGEST_GAP = 60 * SECOND;

    private final SecretValue value;
    private final boolean ours;
    private final long made;
    private final long firstTtl;
    private volatile boolean renewable;
    private volatile boolean leases;
    private volatile long goodAt;
    private volatile long end;
    private volatile long renewAt;
    private volatile long gap; // written by whoever keeps it, one at a time

    /**
     * A token as a login gave it.
     *
     * @param value the token
     * @param ours whether a login of ours made it, so that it is ours to revoke
     * @param sent when it was asked for
     * @param ttl nanoseconds; zero for one that never ends
     * @param renewable whether it can be renewed
     */
    Token(SecretValue value, boolean ours, long sent, long ttl, boolean renewable) {
        this.value = value;
        this.ours = ours;
        this.made = sent;
        this.goodAt = sent - LONGEST_GAP;
        this.firstTtl = ttl;
        this.renewable = renewable;
        lasts(sent, ttl);
    }

    SecretValue value() {
        return value;
    }

    boolean isOurs() {
        return ours;
    }

    boolean isEndless() {
        return end == NEVER;
    }

    /** How long it lasts from a moment on, in nanoseconds; {@link #NEVER} if it does not end. */
    long left(long now) {
        return end == NEVER ? NEVER : end - now;
    }

    boolean isOver(long now) {
        return left(now) <= 0;
    }

    boolean isDue(long now) {
        return end != NEVER && now - renewAt >= 0;
    }

    boolean isRenewable() {
        return renewable;
    }

    void notRenewable() {
        renewable = false;
    }

    boolean wasMadeSince(long moment) {
        return made - moment >= 0;
    }

    /** The server said so. */
    void wasGood(long moment) {
        goodAt = moment;
    }

    boolean wasGoodSince(long moment) {
        return goodAt - moment >= 0;
    }

    /** Whether it would last longer if it had so much time from a moment on; zero is for ever. */
    boolean isShorterThan(long ttl, long now) {
        return end != NEVER && (ttl <= 0 || now + ttl - end > SECOND);
    }

    boolean hasLeases() {
        return leases;
    }

    /**
     * It was renewed, or not.
     *
     * @return whether the renewal was worth it: near the greatest life of a token it brings little, or nothing
     */
    boolean renewed(long sent, long ttl) {
        if (ttl > 0) {
            lasts(sent, VaultAnswer.sure(ttl, firstTtl));
        }
        boolean worth = ttl > 0 && ttl >= firstTtl / 2;
        renewable = renewable && worth;
        gap = 0;
        return worth;
    }

    /** A lease was made under it, which ends with it. */
    void leaseUnderIt() {
        leases = true;
    }

    /** Whether neither a renewal nor another login was to be had lately. */
    boolean hasFailed() {
        return gap != 0;
    }

    /** For leases, which end with it, it is due at half of its time, unless that has just failed. */
    void dueAtHalf(long now) {
        if (renewable && gap == 0 && left(now) < firstTtl / 2) {
            renewAt = now;
        }
    }

    /** Whether so little is left that another login is better than one more attempt to renew it. */
    boolean isEnding(long now) {
        return left(now) < firstTtl / 6;
    }

    /** Neither a renewal nor another login was to be had: tried again after 1, 2, 4 … 60 s, in time if that can be. */
    void failed(long now) {
        gap = Math.min(LONGEST_GAP, Math.max(SECOND, 2 * gap));
        renewAt = now + Math.max(SECOND, Math.min(gap, left(now) / 2));
    }

    /** Nothing was to be had now; when to try again. */
    void tryAgainAt(long moment) {
        renewAt = moment;
    }

    private void lasts(long sent, long ttl) {
        end = ttl <= 0 ? NEVER : sent + ttl;
        renewAt = ttl <= 0 ? NEVER : sent + ttl * 2 / 3;
    }

    @Override
    public String toString() {
        return "Token";
    }
}
