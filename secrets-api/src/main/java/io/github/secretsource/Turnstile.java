package io.github.secretsource;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets secrets through to their source: all while it answers, one probe at a time while it is down, none while it
 * asked for a pause, and at a walking pace after either, or when many became due at once.
 *
 * <p>Three calls in a row without an answer make a source down; if they were for one secret and others are in use,
 * it is that secret's own trouble. Denied and not-found are answers. Its lock is held for bookkeeping; only the
 * agenda's is taken under it. Safe for concurrent use.
 */
final class Turnstile extends Timed {

    /** How much it matters that a secret gets through soon. */
    enum Urgency {
        /** A value that grows old. */
        REFRESH,
        /** A lease that ends. */
        LEASE,
        /** A lease that ends before long and was not asked to be replaced yet. */
        LAST_CHANCE
    }

    private static final int DOWN_AFTER = 3;

    private final Lane lane;
    private final Agenda agenda;
    private final ReentrantLock lock = new ReentrantLock();

    /** Who waits for a turn, leases first. Guarded, like all below. */
    private final Set<Keeper> urgent = new LinkedHashSet<>();

    private final Set<Keeper> waiting = new LinkedHashSet<>();

    /** Why the source is down; null while it is up. */
    private @Nullable SecretUnavailableException reason;

    private int outages;
    private @Nullable SecretId firstOut;
    private boolean severalOut;
    private @Nullable Flight probe;
    private long nextProbe;
    private long pausedUntil;
    private long nextRenewal;

    /** When a lease that is about to end may go as a probe before its time. */
    private long nextLastChance;

    /** The time between two turns that gets everybody through in time, while there is a crowd. */
    private long crowdGap;

    private long crowdedUntil;
    private long nextTurn;

    Turnstile(Lane lane, Agenda agenda) {
        this.lane = lane;
        this.agenda = agenda;
        long now = lane.nanos();
        this.nextProbe = now;
        this.pausedUntil = now;
        this.nextRenewal = now;
        this.nextLastChance = now;
        this.crowdedUntil = now;
        this.nextTurn = now;
    }

    // ---- who wants through -----------------------------------------------------------------------------------------

    /** Whether a secret that is due may be asked for now. If not it waits here, and {@link Keeper#turn} tells it. */
    boolean passes(Keeper keeper, Urgency urgency, long now) {
        lock.lock();
        try {
            boolean crowd = !urgent.isEmpty() || !waiting.isEmpty() || crowdedUntil - now > 0;
            if (reason == null && !crowd && pausedUntil - now <= 0) {
                return true;
            }
            if (urgency == Urgency.LAST_CHANCE && reason != null && probe == null && nextLastChance - now <= 0) {
                nextLastChance = now + Plan.SECOND;
                return true;
            }
            boolean unused = (urgency == Urgency.REFRESH ? waiting : urgent).add(keeper);
            arrange(now);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Why a caller who waits is refused at once, or null: the source may be asked. */
    @Nullable
    SecretException refusal(SecretId id, long now) {
        lock.lock();
        try {
            if (pausedUntil - now > 0) {
                return paused(id, now);
            }
            boolean probing = probe != null || nextProbe - now > 0;
            return reason != null && probing ? down(id, reason) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Why a flight whose thread is ready is not sent after all, or null: the source went down or paused meanwhile. */
    @Nullable
    SecretException refusal(Flight flight) {
        long now = lane.nanos();
        lock.lock();
        try {
            if (reason != null && flight != probe) {
                return down(flight.keeper().id(), reason);
            }
            return pausedUntil - now > 0 && !flight.renews()
                    ? paused(flight.keeper().id(), now)
                    : null;
        } finally {
            lock.unlock();
        }
    }

    /** A flight is about to leave: while the source is down, the first is the probe. */
    void launched(Flight flight) {
        lock.lock();
        try {
            if (reason != null && probe == null) {
                probe = flight;
            }
        } finally {
            lock.unlock();
        }
    }

    private SecretException down(SecretId id, SecretUnavailableException because) {
        return new SecretUnavailableException(
                id,
                "is not asked for: source '" + lane.name() + "' is down, it " + because.problem(),
                because.fix() + "; it is tried again every few seconds");
    }

    private SecretException paused(SecretId id, long now) {
        return SecretUnavailableException.throttled(id, Duration.ofNanos(pausedUntil - now));
    }

    // ---- what the source answered ----------------------------------------------------------------------------------

    /** A flight ended; whatever came of it says whether the source is there. True if it was down and is back. */
    boolean answered(Flight flight, @Nullable SecretException problem, long now) {
        lock.lock();
        try {
            boolean wasDown = reason != null;
            if (flight == probe) {
                probe = null;
                nextProbe = now + Plan.probe(lane.random());
            }
            if (flight.calls() && flight.call().counts()) {
                judge(flight.keeper().id(), problem, now);
            }
            arrange(now);
            return wasDown && reason == null;
        } finally {
            lock.unlock();
        }
    }

    private void judge(SecretId id, @Nullable SecretException problem, long now) {
        if (!(problem instanceof SecretUnavailableException outage)) {
            recovers(now);
        } else if (outage.retryAfter().isPresent()) {
            recovers(now);
            long until = now + Plan.pause(outage.retryAfter().get());
            pausedUntil = until - pausedUntil > 0 ? until : pausedUntil;
        } else if (!outage.isOfThisSecretOnly()) {
            fails(id, outage, now);
        }
    }

    private void fails(SecretId id, SecretUnavailableException outage, long now) {
        outages++;
        firstOut = firstOut == null ? id : firstOut;
        severalOut |= !id.equals(firstOut);
        boolean wasDown = reason != null;
        if (wasDown || (outages >= DOWN_AFTER && (severalOut || lane.secrets() <= 1))) {
            reason = outage;
        }
        if (!wasDown && reason != null) {
            nextProbe = now + Plan.probe(lane.random());
        }
    }

    private void recovers(long now) {
        outages = 0;
        firstOut = null;
        severalOut = false;
        if (reason != null) {
            reason = null;
            probe = null;
            crowdGap = lane.pace();
            crowdedUntil = now + crowdGap * lane.secrets();
            nextTurn = now + crowdGap;
        }
    }

    // ---- taking turns ----------------------------------------------------------------------------------------------

    /** Much is due at once: for a while secrets are asked for one after the other, all of them within that time. */
    void crowd(int secrets, long within, long now) {
        lock.lock();
        try {
            crowdGap = within / Math.max(1, secrets);
            crowdedUntil = now + within;
            arrange(now);
        } finally {
            lock.unlock();
        }
    }

    /** The next turn has come. On the timer thread. */
    @Override
    void fire(long now) {
        boolean taken = false;
        for (Keeper next = take(now); next != null && !taken; next = taken ? null : take(now)) {
            taken = takesTurn(next, now); // Who no longer needs its turn leaves it to the next.
        }
        lock.lock();
        try {
            if (taken) {
                nextTurn = now + gap(now);
            }
            arrange(now);
        } finally {
            lock.unlock();
        }
    }

    /** What normally comes must always get through faster than it comes; leases end, while values only grow old. */
    private long gap(long now) {
        long gap = crowdedUntil - now > 0 ? Math.min(crowdGap, lane.pace()) : lane.pace();
        return urgent.isEmpty() ? gap : gap / 4;
    }

    /** A keeper that dies of an Error in its turn comes back: nothing else would ever wake it. */
    private boolean takesTurn(Keeper keeper, long now) {
        try {
            return keeper.turn(now);
        } catch (Error e) {
            boolean unused = passes(keeper, Urgency.REFRESH, now);
            throw e;
        }
    }

    private @Nullable Keeper take(long now) {
        lock.lock();
        try {
            long moment = nextMoment(now);
            if (moment == Schedule.NEVER || moment - now > 0) {
                return null;
            }
            if (reason != null && lane.clogged()) {
                nextProbe = now + Plan.probe(lane.random());
                return null;
            }
            if (pausedUntil - now > 0) {
                nextRenewal = now + Plan.SECOND;
            }
            Iterator<Keeper> line = (urgent.isEmpty() ? waiting : urgent).iterator();
            Keeper first = line.next();
            line.remove();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private void arrange(long now) {
        long moment = nextMoment(now);
        if (moment == Schedule.NEVER) {
            agenda.cancel(this);
        } else {
            agenda.set(this, moment);
        }
    }

    private long nextMoment(long now) {
        if (urgent.isEmpty() && waiting.isEmpty()) {
            return Schedule.NEVER;
        }
        if (pausedUntil - now > 0) {
            boolean renewals = !urgent.isEmpty() && reason == null;
            return renewals && nextRenewal - pausedUntil < 0 ? later(nextRenewal, now) : pausedUntil;
        }
        if (reason != null) {
            return probe == null ? later(nextProbe, now) : Schedule.NEVER;
        }
        return later(nextTurn, now);
    }

    private static long later(long one, long other) {
        return one - other > 0 ? one : other;
    }
}
