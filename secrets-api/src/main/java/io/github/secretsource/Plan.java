package io.github.secretsource;

import java.time.Duration;

/**
 * When to call next: pure functions of facts and a random number in [0, 1).
 *
 * <p>Jitter keeps a fleet that starts together from calling together; the shares are those that held in simulation:
 * equal jitter for back-off (full jitter lets two calls fall together), half of the interval for the first refresh,
 * a tenth for later ones.
 */
final class Plan {

    static final long SECOND = 1_000_000_000L;

    static final Duration MINIMUM_GONE_RECHECK = Duration.ofSeconds(30);

    private static final long FIRST_STEP = SECOND;
    private static final long LAST_STEP = 60 * SECOND;
    private static final long PROBE = 5 * SECOND;

    private Plan() {}

    /** Nanoseconds of a duration, the longest representable wait where it is longer than 146 years, none if negative. */
    static long nanos(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        long limit = Long.MAX_VALUE / 2;
        return duration.compareTo(Duration.ofNanos(limit)) >= 0 ? limit : duration.toNanos();
    }

    /** The gap after so many failures in a row, at least half of 1, 2, 4 … 60 seconds. */
    static long backOff(int failures, double random) {
        long step = failures > 6 ? LAST_STEP : Math.min(LAST_STEP, FIRST_STEP << (failures - 1));
        return step / 2 + (long) (random * (step - step / 2));
    }

    /** The back-off, but no less than what the store asked for, of which 1 to 60 seconds are believed. */
    static long backOff(int failures, Duration retryAfter, double random) {
        return Math.max(pause(retryAfter), backOff(failures, random));
    }

    /** The time to the first refresh: a random half of the interval, so that a fleet drifts apart at once. */
    static long firstRefresh(Duration refreshAfter, double random) {
        long interval = nanos(refreshAfter);
        return interval - (long) (random * interval / 2);
    }

    /** The time to each later refresh: the interval less up to a tenth. */
    static long refresh(Duration refreshAfter, double random) {
        long interval = nanos(refreshAfter);
        return interval - (long) (random * interval / 10);
    }

    /** The time after which a lease is replaced: two thirds of it, a second at least; no ttl means no haste. */
    static long replacement(Duration ttl) {
        boolean stated = !ttl.isZero() && !ttl.isNegative();
        return stated ? Math.max(SECOND, nanos(ttl) / 3 * 2) : Long.MAX_VALUE / 2;
    }

    /** The time to the second opinion on a definitive answer: 1 to 2 seconds. */
    static long confirmation(double random) {
        return SECOND + (long) (random * SECOND);
    }

    /** The time between two forced refreshes while the version stays: 1, 2, 4 … 60 seconds. */
    static long challengeGap(long last) {
        return last == 0 ? SECOND : Math.min(LAST_STEP, 2 * last);
    }

    /** The time between two probes of a source that is down: 2.5 to 5 seconds. */
    static long probe(double random) {
        return PROBE / 2 + (long) (random * (PROBE / 2));
    }

    /** How long a source is left alone that asked for it: what it asked, of which 1 to 60 seconds are believed. */
    static long pause(Duration retryAfter) {
        return Math.min(LAST_STEP, Math.max(FIRST_STEP, nanos(retryAfter)));
    }

    /** The time between two calls to a source that catches up: a tenth of a second, or a third of what is usual. */
    static long release(double usualPerSecond) {
        return (long) Math.ceil(Math.min(SECOND / 10.0, SECOND / (3 * Math.max(usualPerSecond, 1e-9))));
    }

    /** Whether a refresh is so near that a call on its way for others takes it along: a tenth of the interval. */
    static boolean isNear(long due, long now, Duration refreshAfter) {
        return due - now <= nanos(refreshAfter) / 10;
    }

    /** The time until a secret confirmed gone is looked for again. */
    static long recheckGone(Duration refreshAfter) {
        return Math.max(nanos(refreshAfter), nanos(MINIMUM_GONE_RECHECK));
    }
}
