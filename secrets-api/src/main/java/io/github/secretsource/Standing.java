package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    static final long NEVER = Long.MIN_VALUE;

    private static final long PARKED = 600 * Plan.SECOND;

    private static final long LINGER = 60 * Plan.SECOND;

    /** How long what ended by the wall clock alone is served until that is checked. */
    private static final long SUSPECT = 15 * Plan.SECOND;

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
    private long due = NEVER;
    private int failures;

    private boolean inLine;

    /** The lease it is held under, or null. */
    private @Nullable LeaseRoom room;

    /** Whether an older content may take the place of a newer one; made with the first rotation. */
    private @Nullable Succession succession;

    /** When a definitive answer was given for the first time; never, while there is no doubt. */
    private long doubtedAt = NEVER;

    /** Up to here the last problem is believed: an early call is no second opinion. */
    private long believedUntil;

    Standing(Engine engine, SecretId id, Lane lane, RefreshPolicy policy) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
    }

    Snapshot current() {
        return current;
    }

    // ---- answers of the source -----------------------------------------------------------------------------------

    /** The source gave a content. */
    Landing succeeded(Flight flown, SecretData data, long now, List<SecretEvent> events) {
        boolean same = lastData != null && lastData.sameContent(data);
        var verdict = same ? Succession.Verdict.FOLLOWS : judged(data, now);
        if (verdict == Succession.Verdict.IN_DOUBT) {
            due = now + Succession.LOOK;
            return new Landing(current.secret(), null);
        }
        Secret before = last;
        Secret secret = before != null && same ? relabelled(before, data) : new Secret(id, data, label(data));
        if (before != null && !same) {
            replaced(now);
            boolean back = verdict == Succession.Verdict.BACK;
            events.add(new SecretEvent.Rotated(id, engine.now(), before.version(), secret.version(), back));
        }
        last = secret;
        lastData = data;
        leased(data, flown.sent());
        confirmed(flown, !same, secret, events);
        due = nextRefresh(data, before == null, now);
        return new Landing(secret, null);
    }

    /** The source says so: what is held is good from when it was asked. */
    private void confirmed(Flight flown, boolean isNew, Secret secret, List<SecretEvent> events) {
        State was = state;
        state = State.FRESH;
        problem = null;
        failures = 0;
        doubtedAt = NEVER;
        validatedAt = flown.sent();
        if (succession != null) {
            succession.settled();
        }
        boolean news = isNew || was == State.EMPTY || was == State.GONE;
        if (news || secret != current.secret()) {
            current = Snapshot.of(news ? ++sequence : sequence, secret);
        }
        if (was == State.STALE || (was == State.GONE && !isNew)) {
            events.add(new SecretEvent.Recovered(id, engine.now()));
        }
    }

    private Succession.Verdict judged(SecretData data, long now) {
        SecretData held = lastData;
        if (held == null || lane.traits().isLinearizable() || data.lease().isPresent()) {
            return Succession.Verdict.FOLLOWS;
        }
        var verdict = succession().judge(held, data, now);
        // Where nothing is served there is nothing to hold on to.
        return verdict == Succession.Verdict.IN_DOUBT && !isServed() ? Succession.Verdict.BACK : verdict;
    }

    private void replaced(long now) {
        SecretData held = lastData;
        if (held != null && !lane.traits().isLinearizable() && held.lease().isEmpty()) {
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

    private void leased(SecretData data, long sent) {
        var lease = data.lease();
        room = lease.isPresent() ? new LeaseRoom(lease.get(), sent) : null;
        note();
    }

    private void note() {
        if (room != null) {
            long ends = room.ends() == NEVER ? Long.MAX_VALUE / 2 : room.ends();
            lane.leases().note(room.lease(), ends);
        }
    }

    /** The lease was renewed. */
    Landing renewed(Flight flown, Lease lease, long now, List<SecretEvent> events) {
        LeaseRoom renewing = room;
        Secret secret = last;
        if (renewing == null || secret == null) {
            return new Landing(null, null);
        }
        renewing.renewed(lease, flown.sent(), now);
        due = renewing.due();
        note();
        confirmed(flown, false, secret, events);
        events.add(new SecretEvent.LeaseRenewed(id, engine.now(), renewing.left(now)));
        return new Landing(secret, null);
    }

    /** The lease was not renewed: an outage is waited for, any other answer means that it has to be replaced. */
    Landing renewalFailed(SecretException failure, long now, List<SecretEvent> events) {
        LeaseRoom renewing = room;
        if (renewing != null && !(failure instanceof SecretUnavailableException)) {
            renewing.refused(failure instanceof SecretAccessException);
            due = now;
            return new Landing(current.secret(), current.secret() == null ? failure : null);
        }
        problem = failure;
        if (isServed()) {
            servedStale(null, failure, now, events);
        } else {
            due = now + Plan.backOff(++failures, engine.random());
        }
        return new Landing(null, failure);
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
            doubtedAt = NEVER;
            believedUntil = now + backOff(outage);
            due = believedUntil;
        } else if (room != null) {
            keepUntilRefresh(
                    failure, now); // The store promised it until the lease ends, whatever it says of a new one.
            due = believedUntil;
        } else if (failure instanceof SecretFormatException) {
            doubtedAt = NEVER;
            keepUntilRefresh(failure, now);
        } else {
            definitive(flown, failure, now, events);
        }
    }

    /** Gone or denied: believed when it is said twice, with a while and a login in between. */
    private void definitive(@Nullable Flight flown, SecretException failure, long now, List<SecretEvent> events) {
        if (doubtedAt == NEVER) {
            doubtedAt = now;
            believedUntil = now + Plan.confirmation(engine.random());
            due = believedUntil;
        } else if (flown == null || flown.sent() - believedUntil < 0) {
            due = believedUntil; // A hint asked early; the second opinion is worth something only after a while.
        } else if (failure instanceof SecretAccessException && !lane.logins().tookPlaceBetween(doubtedAt, flown)) {
            believedUntil = lane.logins().next(doubtedAt) + Plan.confirmation(engine.random());
            due = believedUntil;
        } else if (policy.whenGone() == RefreshPolicy.WhenGone.KEEP_UNTIL_MAX_STALE) {
            keepUntilRefresh(failure, now);
        } else {
            failures = 0;
            withdraw(failure, now + remembered(failure), events);
            due = now + Plan.recheckGone(policy.refreshAfter());
        }
    }

    /** The store answers, so this is no outage; there is no reason to ask more often than usual. */
    private void keepUntilRefresh(SecretException failure, long now) {
        failures = 0;
        believedUntil = now + remembered(failure);
        due = now + Plan.refresh(policy.refreshAfter(), engine.random());
    }

    /** No value is held: reads get the reason until it is worth asking again. */
    private void refuse(SecretException failure, long now, boolean held) {
        boolean outage = failure instanceof SecretUnavailableException;
        long until = failure instanceof SecretUnavailableException unavailable
                ? now + backOff(unavailable)
                : now + remembered(failure);
        boolean definitive = !outage && !(failure instanceof SecretFormatException);
        failures = outage ? failures : 0;
        if (definitive && state == State.EMPTY) {
            drop(); // What is gone or denied must not come back because its source is down.
        }
        // An outage does not make a confirmed withdrawal less true.
        SecretException withdrawn = state == State.GONE ? current.refusal() : null;
        SecretException reason = definitive || withdrawn == null ? failure : withdrawn;
        current = Snapshot.refusing(state == State.GONE ? sequence : ++sequence, reason, until);
        due = outage || !held ? until : now + Plan.recheckGone(policy.refreshAfter());
    }

    private void withdraw(SecretException reason, long until, List<SecretEvent> events) {
        state = State.GONE;
        doubtedAt = NEVER;
        current = Snapshot.refusing(++sequence, reason, until);
        events.add(new SecretEvent.Withdrawn(id, engine.now(), reason));
    }

    // ---- the passing of time -------------------------------------------------------------------------------------

    void withdrawIfOld(long now, List<SecretEvent> events) {
        if (isServed() && isTooOld(now)) {
            withdraw(tooOldProblem(now), failures == 0 || due == NEVER ? now : due, events);
        }
    }

    /** Unread for an interval: the value waits in case the source is down when it is read. */
    void park(long now) {
        state = State.EMPTY;
        doubtedAt = NEVER;
        current = new Snapshot(++sequence, null, null, 0);
        due = earlier(validatedAt + Plan.nanos(policy.maxStale()), now + PARKED);
    }

    /** Stays a while although nobody holds it, so that the next read knows back-off and hung calls; false if over. */
    boolean lingers(long now, boolean callsHang) {
        boolean stays = callsHang || (current.refusal() != null && now - current.until() < LINGER);
        due = stays ? now + LINGER : due;
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

    /** When something is to be decided next, or {@link #NEVER}. */
    long nextMoment() {
        if (hasEnded()) {
            return NEVER;
        }
        long end = end();
        return isServed() && end != NEVER ? earlier(due, end) : due;
    }

    boolean isDue(long now) {
        return due != NEVER && now - due >= 0;
    }

    /** What does not change is still needed: looked at again after a while. */
    void lookAgain(long now) {
        due = now + PARKED;
    }

    void dueBy(long moment) {
        due = earlier(due, moment);
        inLine = false;
    }

    void dueAt(long moment) {
        due = moment;
        inLine = false;
    }

    boolean isDueSoon(long now) {
        return due != NEVER && state == State.FRESH && Plan.isNear(due, now, policy.refreshAfter());
    }

    /** What to send for now: a lease is renewed as long as that may help. */
    Errand errand(long now) {
        LeaseRoom held = room;
        return held != null && isServed() && !held.isReplaced(now) ? Errand.renewal(held.lease()) : fetching(now);
    }

    /** What to send for where only a fetch will do. */
    Errand fetching(long now) {
        boolean refused = confirms(now) || (room != null && room.wasDenied());
        boolean freshLogin = refused && lane.logins().mayForce();
        String known = last == null ? null : last.version();
        return new Errand(!isServed(), freshLogin, known, null);
    }

    boolean mayOnlyBeReplaced(long now) {
        return room != null && room.isReplaced(now);
    }

    /** Its end may have come nearer: it is replaced before. */
    void replacedInTime(long now) {
        LeaseRoom held = room;
        if (held != null && held.ends() != NEVER) {
            dueBy(Math.max(now, held.ends() - SUSPECT));
        }
    }

    /** A call is on its way: its end decides what is next. */
    void asked() {
        due = NEVER;
        inLine = false;
    }

    /** Its source is not to be asked just now: its turn comes by the turnstile. */
    void waitsInLine(long now) {
        due = NEVER;
        inLine = true;
        believedUntil = now; // For those who wait the turnstile decides.
    }

    boolean isInLine() {
        return inLine;
    }

    /** It is to be looked at as soon as its turn comes. */
    void suspect(Duration passed, long now) {
        if (room != null) {
            room.suspect(Plan.nanos(passed), SUSPECT, now);
        }
    }

    private static long earlier(long due, long other) {
        return due == NEVER || other - due < 0 ? other : due;
    }

    private long nextRefresh(SecretData data, boolean first, long now) {
        if (room != null) {
            return room.due();
        }
        if (isUnaging()) {
            return now + PARKED; // Not to fetch again: to see whether anybody still needs it.
        }
        long gap = first
                ? Plan.firstRefresh(policy.refreshAfter(), engine.random())
                : Plan.refresh(policy.refreshAfter(), engine.random());
        gap = advised(gap, data.refreshAt());
        gap = advised(gap, data.expiresAt());
        return now + gap;
    }

    /** No later than advised. An advice in the past is an old one, or the clock is wrong: it would mean a storm. */
    private long advised(long gap, Optional<Instant> moment) {
        Instant present = engine.now();
        if (moment.isEmpty() || !moment.get().isAfter(present)) {
            return gap;
        }
        return Math.min(gap, Math.max(Plan.SECOND, Plan.nanos(Duration.between(present, moment.get()))));
    }

    private long backOff(SecretUnavailableException outage) {
        failures++;
        var asked = outage.retryAfter();
        return asked.isPresent()
                ? Plan.backOff(failures, asked.get(), engine.random())
                : Plan.backOff(failures, engine.random());
    }

    private long remembered(SecretException failure) {
        boolean there = failure instanceof SecretNotFoundException missing
                && missing.reason() != SecretNotFoundException.Reason.ABSENT
                && missing.reason() != SecretNotFoundException.Reason.DELETED;
        boolean denied = failure instanceof SecretAccessException;
        return Plan.nanos(denied || there ? policy.deniedTtl() : policy.notFoundTtl());
    }

    // ---- what is asked of it -------------------------------------------------------------------------------------

    /** What a caller gets who would rather ask the source again: the last reason, where it is too early for that. */
    @Nullable
    SecretException tooEarly(long now) {
        SecretException refusal = current.refusal();
        if (refusal != null && now - current.until() < 0) {
            return refusal;
        }
        return state == State.STALE && now - believedUntil < 0 ? problem : null;
    }

    /** Whether the next call is the second opinion on a definitive answer. */
    boolean confirms(long now) {
        return doubtedAt != NEVER && now - believedUntil >= 0;
    }

    boolean isServed() {
        return state == State.FRESH || state == State.STALE;
    }

    /** Whether it was confirmed since; what is leased or cannot change is as good as new. */
    boolean isServedSince(long oldest) {
        return isServed() && (room != null || isUnaging() || validatedAt - oldest >= 0);
    }

    boolean isFailing() {
        return failures > 0;
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
        var leaseLeft = room == null || room.ends() == NEVER || last == null ? null : room.left(now);
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
