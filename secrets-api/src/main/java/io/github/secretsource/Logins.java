package io.github.secretsource;

import java.util.concurrent.atomic.AtomicLong;

/** The logins that refusals force at one source: one per half minute for all its secrets. Safe for concurrent use. */
final class Logins {

    private static final long GAP = 30 * Plan.SECOND;

    private final Timeline timeline;
    private final AtomicLong nextForced;
    private volatile long last;

    Logins(Timeline timeline) {
        this.timeline = timeline;
        this.last = timeline.nanos();
        this.nextForced = new AtomicLong(last);
    }

    /** True once per half minute: the login that one refusal may force. */
    boolean mayForce() {
        long now = timeline.nanos();
        long next = nextForced.get();
        return now - next >= 0 && nextForced.compareAndSet(next, now + GAP);
    }

    /** The store answered a call that asked for a fresh login. */
    void done() {
        last = timeline.nanos();
    }

    /** Whether a call was made with a login that took place after the moment given. */
    boolean tookPlaceBetween(long since, Flight flight) {
        long login = last;
        return flight.freshLogin() || (login - since >= 0 && flight.sent() - login >= 0);
    }

    /** When a login later than the moment given may be had: now, if one has begun since, or when the next is allowed. */
    long next(long since) {
        long now = timeline.nanos();
        long next = nextForced.get();
        return next - GAP - since >= 0 || next - now < 0 ? now : next;
    }
}
