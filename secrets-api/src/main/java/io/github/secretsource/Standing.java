package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one secret stands: what is served of it, how far that is believed, and when its source is to be asked next. It
 * takes the answers of the source and decides; it calls nobody. Everything is guarded by the keeper's lock, but for
 * {@link #current()}, which readers look at.
 */
final class Standing {

    enum State {
        EMPTY,
        FRESH,
        STALE,
        GONE,
        RETIRED,
        CLOSED
    }

    private static final long PARKED = 600 * Plan.SECOND;

    private static final long LINGER = 60 * Plan.SECOND;

    private static final long NEVER = Schedule.NEVER;

    private final Engine engine;
    private final SecretId id;
    private final Lane lane;
    private final RefreshPolicy policy;

    /** What readers see; written under the keeper's lock. */
    private volatile Snapshot current = Snapshot.EMPTY;

    private State state = State.EMPTY;
    private @Nullable Secret last;
    private @Nullable SecretData lastData;
    private @Nullable SecretException problem;
    private long sequence;
    private long contents;
    private long validatedAt;

    /** When it last came into question whether what is held is as young as it looks. */
    private long suspectedAt = NEVER;

    private final Schedule schedule;

    /** The lease it is held under, or null. */
    private @Nullable LeaseRoom room;

    /** Whether an older content may take the place of a newer one; made with the first rotation. */
    private @Nullable Succession succession;

    Standing(Engine engine, SecretId id, Lane lane, RefreshPolicy policy) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
        this.schedule = new Schedule(engine, policy);
    }

    Snapshot current() {
        return current;
    }

    Schedule schedule() {
        return schedule;
    }

    // ---- answers of the source -----------------------------------------------------------------------------------

    /** The source gave a content, which is held from now on, unless it is older than what is. */
    Landing succeeded(Flight flown, Answer answer, long now, List<SecretEvent> events) {
        SecretData data = Objects.requireNonNull(answer.data());
        SecretData before = lastData;
        boolean same = before != null && before.sameContent(data);
        var verdict = same || before == null ? Succession.Verdict.FOLLOWS : judged(before, answer, now);
        if (verdict == Succession.Verdict.IN_DOUBT) {
            return inDoubt(now);
        }
        Secret held = last;
        // A replica that lags behind says nothing new.
        boolean lags = before != null && same && Succession.hasLowerOrdinal(before, data);
        SecretData newest = before != null && lags ? before : data;
        Secret secret = same && held != null ? relabelled(held, newest) : new Secret(id, data, label(data));
        LeaseTerms lease = answer.lease();
        var taken = lease == null ? null : new LeaseRoom(lease, flown.sent(), room == null ? NEVER : room.ends());
        if (held != null && before != null && !same) {
            replaced(before, now);
            boolean back = verdict == Succession.Verdict.BACK;
            events.add(new SecretEvent.Rotated(id, engine.now(), held.version(), secret.version(), back));
        }
        confirmed(flown, !same, secret, events); // Before what follows: should memory run out, it comes as news again.
        last = secret;
        lastData = newest;
        room = taken;
        book(flown, now);
        plan(data, held == null, now);
        return new Landing(secret, null);
    }

    /** The source says so: what is held is good from when it was asked. */
    private void confirmed(Flight flown, boolean isNew, Secret secret, List<SecretEvent> events) {
        State was = state;
        boolean news = isNew || was == State.EMPTY || was == State.GONE;
        if (news || secret != current.secret()) {
            current = Snapshot.of(news ? ++sequence : sequence, secret);
        }
        state = State.FRESH;
        problem = null;
        schedule.succeeded();
        validatedAt = flown.sent();
        settled();
        if (was == State.STALE || (was == State.GONE && !isNew)) {
            events.add(new SecretEvent.Recovered(id, engine.now()));
        }
    }

    private void settled() {
        if (succession != null) {
            succession.settled();
        }
    }

    /** Older than what is held, it seems: that is kept, and the source is asked again. */
    private Landing inDoubt(long now) {
        Secret kept = last;
        schedule.succeeded(); // The source is there.
        schedule.at(now + Succession.LOOK);
        if (!isServed()) {
            state = State.STALE;
            current = Snapshot.of(++sequence, Objects.requireNonNull(kept));
        }
        return new Landing(kept, null);
    }

    private Succession.Verdict judged(SecretData held, Answer answer, long now) {
        SecretData data = Objects.requireNonNull(answer.data());
        if (lane.traits().isLinearizable() || answer.lease() != null) {
            return Succession.Verdict.FOLLOWS;
        }
        var verdict = succession().judge(held, data, now);
        // What was withdrawn or is too old is nothing to hold on to.
        boolean kept = isServed() || (state == State.EMPTY && !isTooOld(now));
        return verdict == Succession.Verdict.IN_DOUBT && !kept ? Succession.Verdict.BACK : verdict;
    }

    private void replaced(SecretData held, long now) {
        if (!lane.traits().isLinearizable() && held.lease().isEmpty()) {
            succession().replaced(held, now);
        }
    }

    private Succession succession() {
        if (succession == null) {
            succession = new Succession();
        }
        return succession;
    }

    // ---- leases --------------------------------------------------------------------------------------------------

    /** A lease was given or renewed by a call that was sent then. */
    private void book(Flight flown, long now) {
        LeaseRoom held = room;
        if (held != null) {
            if (wasSuspectedSince(flown.sent())) {
                held.doubt(now); // The machine slept while the call was on its way.
            }
            lane.leases().note(held.terms(), held.granted());
        }
    }

    /** The lease was renewed. */
    Landing renewed(Flight flown, LeaseTerms terms, long now, List<SecretEvent> events) {
        LeaseRoom renewing = room;
        Secret secret = last;
        if (renewing == null || secret == null) {
            return new Landing(null, null);
        }
        boolean lastsLonger = renewing.renewed(terms, flown.sent(), now);
        book(flown, now);
        schedule.at(renewing.due());
        if (lastsLonger) {
            confirmed(flown, false, secret, events);
            events.add(new SecretEvent.LeaseRenewed(id, engine.now(), renewing.left(now)));
        }
        return new Landing(current.secret(), null);
    }

    /** The lease was not renewed: an outage is waited for, any other answer means that it has to be replaced. */
    Landing renewalFailed(SecretException failure, long now, List<SecretEvent> events) {
        LeaseRoom renewing = room;
        boolean outage = failure instanceof SecretUnavailableException;
        if (renewing != null && !outage) {
            renewing.refused();
            if (failure instanceof SecretAccessException) {
                schedule.doubtAtOnce(now);
            } else {
                schedule.at(now);
            }
        } else if (isServed()) {
            problem = failure;
            servedStale(null, failure, now, events);
        } else if (failure instanceof SecretUnavailableException unavailable) {
            schedule.backsOff(unavailable, now);
        }
        Secret served = current.secret();
        return new Landing(outage ? null : served, outage || served == null ? failure : null);
    }

    @Nullable
    LeaseRoom room() {
        return room;
    }

    /** Held under a lease, it is not polled: asking for it would make the store give another. */
    boolean isLeased() {
        return room != null && isServed();
    }

    /** The source gave a problem, or was not even asked, when {@code flown} is null. */
    Landing failed(@Nullable Flight flown, SecretException failure, long now, boolean held, List<SecretEvent> events) {
        if (failure instanceof SecretAccessException && !(problem instanceof SecretAccessException)) {
            events.add(new SecretEvent.Denied(id, engine.now(), null));
        }
        problem = failure;
        Secret kept = last;
        if (isServed()) {
            servedStale(flown, failure, now, events);
            return new Landing(null, failure);
        }
        boolean parked = state == State.EMPTY && failure instanceof SecretUnavailableException && !isTooOld(now);
        if (kept != null && parked) {
            current = Snapshot.of(++sequence, kept);
            servedStale(flown, failure, now, events);
            return new Landing(kept, null);
        }
        refuse(failure, now, held);
        return new Landing(null, failure);
    }

    /** A good value is held: it goes on being served, and the source is asked again soon. */
    private void servedStale(@Nullable Flight flown, SecretException failure, long now, List<SecretEvent> events) {
        if (state != State.STALE) {
            state = State.STALE;
            events.add(new SecretEvent.RefreshFailed(id, engine.now(), failure));
        }
        if (failure instanceof SecretUnavailableException outage) {
            schedule.backsOff(outage, now);
            inTime(now);
        } else if (failure instanceof SecretFormatException) {
            schedule.noDoubt();
            schedule.answered(failure, now);
        } else {
            definitive(flown, failure, now, events);
        }
    }

    /** However renewals fail, the time that is left for another lease is used for that. */
    private void inTime(long now) {
        LeaseRoom held = room;
        if (held != null && !held.isEndless() && held.lastRenewal() - now > 0) {
            schedule.startsAnewBy(held.lastRenewal());
        }
    }

    /** Gone or denied: believed when it is said twice, with a while and a login in between. */
    private void definitive(@Nullable Flight flown, SecretException failure, long now, List<SecretEvent> events) {
        if (room != null && room.isDeniedForGood()) {
            schedule.looksAgain(failure, now);
        } else if (!schedule.doubts()) {
            schedule.doubt(now);
        } else if (flown == null || flown.sent() - schedule.believedUntil() < 0) {
            schedule.at(schedule.believedUntil()); // A hint asked early.
        } else if (failure instanceof SecretAccessException
                && !lane.logins().tookPlaceBetween(schedule.doubtedAt(), flown)) {
            schedule.secondOpinion(lane.logins().next(schedule.doubtedAt()));
        } else if (room != null) {
            room.deniedForGood(); // The one that lives is promised to its end all the same.
            schedule.looksAgain(failure, now);
        } else if (policy.whenGone() == RefreshPolicy.WhenGone.KEEP_UNTIL_MAX_STALE) {
            schedule.answered(failure, now);
        } else {
            schedule.looksAgain(failure, now);
            withdraw(failure, schedule.believedUntil(), events);
        }
    }

    /** No value is held: reads get the reason until it is worth asking again. */
    private void refuse(SecretException failure, long now, boolean held) {
        boolean definitive =
                !(failure instanceof SecretUnavailableException || failure instanceof SecretFormatException);
        if (failure instanceof SecretUnavailableException outage) {
            schedule.backsOff(outage, now);
        } else {
            schedule.looksAgain(failure, now);
        }
        if (definitive && state == State.EMPTY) {
            drop(); // What is gone or denied must not come back because its source is down.
        }
        // An outage does not make a confirmed withdrawal less true.
        SecretException withdrawn = state == State.GONE ? current.refusal() : null;
        SecretException reason = definitive || withdrawn == null ? failure : withdrawn;
        long until = schedule.believedUntil();
        current = Snapshot.refusing(state == State.GONE ? sequence : ++sequence, reason, until);
        if (!held) {
            schedule.at(until);
        }
    }

    private void withdraw(SecretException reason, long until, List<SecretEvent> events) {
        state = State.GONE;
        schedule.noDoubt();
        settled();
        current = Snapshot.refusing(++sequence, reason, until);
        events.add(new SecretEvent.Withdrawn(id, engine.now(), reason));
    }

    // ---- the passing of time -------------------------------------------------------------------------------------

    void withdrawIfOld(long now, boolean inFlight, List<SecretEvent> events) {
        if (isServed() && isTooOld(now)) {
            boolean waits = schedule.isFailing() && schedule.due() != NEVER;
            withdraw(tooOldProblem(now), waits ? schedule.due() : now, events);
            if (schedule.due() == NEVER && !schedule.isInLine() && !inFlight) {
                schedule.at(now);
            }
        }
    }

    /** Unread for an interval: the value waits in case the source is down when it is read. */
    void park(long now) {
        state = State.EMPTY;
        schedule.noDoubt();
        settled();
        current = new Snapshot(++sequence, null, null, 0);
        schedule.at(Math.max(now, Math.min(validatedAt + Plan.nanos(policy.maxStale()), now + PARKED)));
    }

    /** Stays a while although nobody holds it, so that the next read knows back-off and hung calls; false if over. */
    boolean lingers(long now, boolean callsHang) {
        boolean stays = callsHang || (current.refusal() != null && now - current.until() < LINGER);
        if (stays) {
            schedule.at(now + LINGER);
        }
        return stays;
    }

    void retire() {
        state = State.RETIRED;
        drop();
        current = Snapshot.EMPTY;
    }

    void close() {
        state = State.CLOSED;
        drop();
        current = new Snapshot(++sequence, null, null, 0);
    }

    private void drop() {
        last = null;
        lastData = null;
        room = null;
        succession = null;
    }

    /** The next read asks again. */
    void forgetRefusal(long now) {
        SecretException refusal = current.refusal();
        if (refusal != null) {
            current = Snapshot.refusing(current.sequence(), refusal, now);
        }
    }

    // ---- when ----------------------------------------------------------------------------------------------------

    /** When something is to be decided next, or {@link Schedule#NEVER}. */
    long nextMoment() {
        if (hasEnded()) {
            return NEVER;
        }
        long end = end();
        return isServed() && end != NEVER ? Schedule.earlier(schedule.due(), end) : schedule.due();
    }

    /** What does not change has nothing to fetch: after a while one sees whether somebody still needs it. */
    void lookAgain(long now) {
        schedule.at(now + PARKED);
    }

    /** What to send for now: a lease is renewed as long as that may help. */
    Errand errand(long now) {
        LeaseRoom held = room;
        return held != null && isServed() && !held.isReplaced(now) ? Errand.renewal(held.terms()) : fetching(now);
    }

    /** What to send for where only a fetch will do. */
    Errand fetching(long now) {
        boolean freshLogin = schedule.confirms(now) && lane.logins().mayForce();
        String known = last == null ? null : last.version();
        return new Errand(!isServed(), freshLogin, known, null);
    }

    /** The clocks parted by so much, or, if null, leases are in doubt: what is on its way does not settle that. */
    void suspect(@Nullable Duration passed, long now) {
        suspectedAt = now;
        if (room != null) {
            room.suspect(passed == null ? 0 : Plan.nanos(passed), now);
        }
    }

    boolean wasSuspectedSince(long moment) {
        return suspectedAt != NEVER && suspectedAt - moment > 0;
    }

    private void plan(SecretData data, boolean first, long now) {
        if (room != null) {
            schedule.at(room.due());
        } else if (isUnaging()) {
            lookAgain(now);
        } else {
            schedule.refreshes(data, first, now);
        }
    }

    // ---- what is asked of it -------------------------------------------------------------------------------------

    /** What a caller gets who would rather ask the source again: the last reason, where it is too early for that. */
    @Nullable
    SecretException tooEarly(long now) {
        SecretException refusal = current.refusal();
        if (refusal != null && now - current.until() < 0) {
            return refusal;
        }
        return state == State.STALE && now - schedule.believedUntil() < 0 ? problem : null;
    }

    boolean isFresh() {
        return state == State.FRESH;
    }

    boolean isServed() {
        return state == State.FRESH || state == State.STALE;
    }

    /** Whether it was confirmed since; what is leased or cannot change is as good as new. */
    boolean isServedSince(long oldest, long now) {
        return isServed() && (room != null ? !room.hasEnded(now) : isUnaging() || validatedAt - oldest >= 0);
    }

    boolean isRetired() {
        return state == State.RETIRED;
    }

    boolean hasEnded() {
        return state == State.RETIRED || state == State.CLOSED;
    }

    /** What cannot change does not grow old. */
    boolean isUnaging() {
        return id.isPinned() || lane.traits().neverRotates();
    }

    /** When what is held must no longer be served: at the end of its lease, else by age. */
    private long end() {
        if (room != null) {
            return room.ends();
        }
        return isUnaging() ? NEVER : validatedAt + Plan.nanos(policy.maxStale());
    }

    private boolean isTooOld(long now) {
        long end = end();
        return end != NEVER && now - end >= 0;
    }

    SecretStatus status(long now, long reads) {
        var shown = switch (state) {
            case FRESH -> SecretStatus.State.FRESH;
            case STALE -> SecretStatus.State.STALE;
            case GONE -> SecretStatus.State.WITHDRAWN;
            case EMPTY, RETIRED, CLOSED -> SecretStatus.State.WAITING;
        };
        var age = last == null ? Duration.ZERO : Duration.ofNanos(now - validatedAt);
        boolean rotates = !isUnaging() && (lastData == null || lastData.rotates());
        var leaseLeft = room == null || room.isEndless() || last == null ? null : room.left(now);
        return new SecretStatus(id, shown, rotates, age, problem, reads, leaseLeft);
    }

    private Secret relabelled(Secret held, SecretData data) {
        String label = data.version().orElse(held.version());
        boolean relabelled = !label.equals(held.version()) || !data.expiresAt().equals(held.expiresAt());
        return relabelled ? new Secret(id, data, label) : held;
    }

    /** The store's version; where it has none, a number counted up here. */
    private String label(SecretData data) {
        var version = data.version();
        return version.isPresent() ? version.get() : "#" + ++contents;
    }

    private SecretException tooOldProblem(long now) {
        String why = problem == null ? "" : ", since it " + problem.problem();
        if (room != null) {
            return new SecretUnavailableException(
                    id,
                    "has no lease any more: it ended before it was renewed or replaced" + why,
                    "see whether the store of source '" + lane.name() + "' is reachable and gives new ones");
        }
        return new SecretUnavailableException(
                id,
                "was last confirmed " + Duration.ofNanos(now - validatedAt) + " ago, maxStale is " + policy.maxStale()
                        + why,
                "see whether the store of source '" + lane.name() + "' is reachable");
    }
}
