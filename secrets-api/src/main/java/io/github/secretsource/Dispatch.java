package io.github.secretsource;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides, when the moment of a secret has come, whether its source is asked, or the secret is put aside or let go; and
 * sends the flights. Everything is guarded by the keeper's lock.
 */
final class Dispatch {

    private final Keeper keeper;
    private final Engine engine;
    private final Lane lane;
    private final Standing standing;
    private final Schedule schedule;
    private final Calls calls;
    private final Watching watching;
    private final Usage usage;

    Dispatch(Keeper keeper, Engine engine, Standing standing, Calls calls, Watching watching, Usage usage) {
        this.keeper = keeper;
        this.engine = engine;
        this.lane = keeper.lane();
        this.standing = standing;
        this.schedule = standing.schedule();
        this.calls = calls;
        this.watching = watching;
        this.usage = usage;
    }

    // ---- its moment has come ---------------------------------------------------------------------------------------

    /** Something is due; {@code itsTurn} says that the turnstile has let it through already. */
    void whenDue(long now, boolean itsTurn, @Nullable Departures together, News news) {
        if (standing.isLeased()) {
            whenLeaseDue(now, itsTurn, news);
        } else if (standing.isFresh() && standing.isUnaging()) {
            whenUnaging(now, news);
        } else {
            whenAged(now, itsTurn, together, news);
        }
    }

    private void whenAged(long now, boolean itsTurn, @Nullable Departures together, News news) {
        boolean hinted = watching.takeHintDue();
        if (usage.look(now)) {
            news.used();
        }
        // Half an interval, since refreshes come early by their jitter and often while the source is down.
        boolean used = now - usage.last() < Plan.nanos(keeper.policy().refreshAfter()) / 2;
        if (usage.isHeld() || (standing.isServed() && (used || hinted))) {
            ask(now, itsTurn, together, news);
        } else if (standing.isServed()) {
            standing.park(now);
            watching.stop();
        } else if (!standing.lingers(now, calls.anyHang())) {
            retire(news);
        }
    }

    /** Held, its lease is renewed or replaced. Read, it is renewed while it goes on being read; unread, given back. */
    private void whenLeaseDue(long now, boolean itsTurn, News news) {
        LeaseRoom room = Objects.requireNonNull(standing.room());
        if (usage.isHeld()) {
            ask(now, itsTurn, null, news);
            return;
        }
        long next = room.whenUnheld(usage, now);
        boolean read = usage.look(now);
        if (read) {
            news.used();
        }
        if (room.isKept() && room.isDue(now) && (read || itsTurn)) {
            ask(now, itsTurn, null, news);
        } else if (room.isKept() || next - now > 0) {
            schedule.at(next);
        } else {
            lane.revoke(room.terms());
            retire(news);
        }
    }

    /** Somebody holds it again: its lease goes on, no sooner than back-off and refusals allow. */
    void planHeld(long now) {
        LeaseRoom room = standing.room();
        if (room != null && standing.isLeased() && calls.current() == null && !schedule.isInLine()) {
            boolean waits = !standing.isFresh() && schedule.believedUntil() - room.due() > 0;
            long due = waits ? schedule.believedUntil() : room.due();
            schedule.at(due == Schedule.NEVER ? due : Math.max(now, due));
        }
    }

    /** Nobody holds it any more: its lease is given back in a while, unless somebody read it. */
    void planUnheld(long now) {
        LeaseRoom room = standing.room();
        if (room != null && standing.isLeased() && !usage.isHeld() && calls.current() == null) {
            schedule.at(room.whenUnheld(usage, now));
        }
    }

    /** Nothing to ask for: it stays while somebody needs it. */
    private void whenUnaging(long now, News news) {
        boolean needed = usage.wasRead() || usage.isHeld();
        if (usage.look(now)) {
            news.used();
        }
        if (needed) {
            standing.lookAgain(now);
        } else {
            retire(news);
        }
    }

    void retire(News news) {
        news.retired();
        standing.retire();
        engine.forget(keeper);
        watching.stop();
    }

    /** The source says that it may have changed. */
    void hinted(long now, News news) {
        if (calls.current() != null) {
            watching.markDirty();
        } else if (!standing.hasEnded() && listens()) {
            follow(now, news);
        }
    }

    private void follow(long now, News news) {
        if (!usage.isHeld() && !standing.isServed()) {
            standing.forgetRefusal(now);
            return;
        }
        long next = watching.nextHint(now);
        if (now - next >= 0) {
            ask(now, lane.traits().isLinearizable(), null, news);
        } else {
            schedule.by(next);
        }
    }

    /** Hints came while a call was on its way: it is followed by one more. */
    void followUp(long now) {
        if (watching.takeDirty() && listens()) {
            schedule.by(watching.nextHint(now));
        }
    }

    /**
     * Whether hints are followed: not where each fetch would bring another lease, nor for a remote store that fails,
     * which must not be asked more often because its watch flaps.
     */
    private boolean listens() {
        return !standing.isLeased() && (!schedule.isFailing() || lane.traits().isLinearizable());
    }

    /** The source is up again: what failed for want of it is due, and nobody is refused for that any more. */
    void sourceIsBack(long now, News news) {
        schedule.forget(now);
        if (usage.isHeld() || standing.isServed()) {
            ask(now, false, null, news);
        } else {
            standing.forgetRefusal(now);
        }
    }

    /** The clocks parted: what is held may be older than it looks, and is looked at as soon as its turn comes. */
    void suspect(long now, News news) {
        LeaseRoom room = standing.room();
        if (standing.isLeased() && room != null) {
            if (usage.isHeld() && !room.isEndless()) {
                suspectLease(room, now, news);
            }
        } else if (!standing.isUnaging() && !schedule.isFailing() && !schedule.doubts()) {
            comesNext(now, news); // What fails is asked for anyway, no sooner than its gaps allow.
        }
    }

    private void suspectLease(LeaseRoom room, long now, News news) {
        if (room.isReplaced(now)) {
            schedule.by(Math.max(now, room.due()));
        } else if (!schedule.isFailing()) {
            comesNext(now, news);
        }
    }

    /** The login may be lost: a lease that nobody renews is not believed for long. */
    void leaseInDoubt(long now, News news) {
        LeaseRoom room = Objects.requireNonNull(standing.room());
        if (!usage.isHeld()) {
            room.doubt(now);
        } else if (now - room.checked() < Plan.SECOND || (room.isReplaced(now) && !room.mayMint(now))) {
            schedule.by(now + Plan.SECOND);
        } else if (!schedule.isFailing()) {
            comesNext(now, news);
        }
    }

    private Turnstile.Urgency urgency(long now) {
        LeaseRoom room = standing.room();
        if (room == null || !standing.isLeased()) {
            return Turnstile.Urgency.REFRESH;
        }
        boolean last = room.isReplaced(now) && !schedule.isFailing();
        return last ? Turnstile.Urgency.LAST_CHANCE : Turnstile.Urgency.LEASE;
    }

    private void comesNext(long now, News news) {
        if (lane.turnstile().passes(keeper, urgency(now), now)) {
            whenDue(now, true, null, news);
        } else {
            schedule.waitsInLine();
        }
    }

    // ---- asking ----------------------------------------------------------------------------------------------------

    /** Asks the source, or waits for its turn, or counts a failure where calls to it hang. */
    private void ask(long now, boolean itsTurn, @Nullable Departures together, News news) {
        SecretException blocked = calls.blocked();
        if (blocked != null) {
            standing.failed(null, blocked, now, usage.isHeld(), news.events());
        } else if (itsTurn || lane.turnstile().passes(keeper, urgency(now), now)) {
            var unused = launch(standing.errand(now), now, together);
        } else {
            schedule.waitsInLine();
        }
    }

    /** The flight for somebody who waits; throws the last reason where it is too early to ask again. */
    Flight forCaller(@Nullable Departures together) {
        Flight present = calls.current();
        if (present != null) {
            return present;
        }
        long now = lane.nanos();
        SecretException early = standing.tooEarly(now);
        if (early != null) {
            throw early.again();
        }
        SecretException closed = calls.blocked();
        closed = closed != null ? closed : lane.turnstile().refusal(keeper.id(), now);
        if (closed != null) {
            schedule.by(now + Plan.backOff(1, engine.random())); // A handle waits for a value all the same.
            throw closed;
        }
        return launch(standing.fetching(now), now, together);
    }

    /** The flight for somebody whose value a server refused, or null where another call would do no good. */
    @Nullable
    Flight forChallenge() {
        Flight present = calls.current();
        if (standing.hasEnded() || present != null) {
            return present;
        }
        long now = lane.nanos();
        LeaseRoom room = standing.room();
        boolean early = schedule.isFailing()
                || standing.tooEarly(now) != null
                || lane.turnstile().refusal(keeper.id(), now) != null
                || (standing.isLeased() && room != null && !room.mayMint(now));
        return early || !calls.mayChallenge(now) ? null : launch(standing.fetching(now), now, null);
    }

    /** Others of its source leave now: it goes along if it is due soon anyway. */
    void comeAlong(Departures together, long now, News news) {
        boolean refreshes = standing.isServed() && !standing.isLeased() && !standing.isUnaging();
        boolean inUse = usage.wasRead() || usage.isHeld();
        if (refreshes
                && inUse
                && standing.isFresh()
                && schedule.isNear(now)
                && calls.current() == null
                && calls.blocked() == null) {
            if (usage.look(now)) {
                news.used();
            }
            var unusedFlight = launch(standing.errand(now), now, together);
        }
    }

    private Flight launch(Errand errand, long now, @Nullable Departures together) {
        watching.launched(now);
        Flight launched = calls.launch(errand, now, together);
        schedule.asked();
        return launched;
    }
}
