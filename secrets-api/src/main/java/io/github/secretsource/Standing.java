package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
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
        Secret before = last;
        boolean same = lastData != null && lastData.sameContent(data);
        Secret secret = before != null && same ? relabelled(before, data) : new Secret(id, data, label(data));
        State was = state;
        last = secret;
        lastData = data;
        state = State.FRESH;
        problem = null;
        failures = 0;
        doubtedAt = NEVER;
        validatedAt = flown.called();
        boolean news = !same || was == State.EMPTY || was == State.GONE;
        if (news || secret != before) {
            current = Snapshot.of(news ? ++sequence : sequence, secret);
        }
        if (before != null && !same) {
            events.add(new SecretEvent.Rotated(id, engine.now(), before.version(), secret.version(), false));
        }
        if (was == State.STALE || (was == State.GONE && same)) {
            events.add(new SecretEvent.Recovered(id, engine.now()));
        }
        due = nextRefresh(data, before == null, now);
        return new Landing(secret, null);
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
        } else if (flown == null || flown.called() - believedUntil < 0) {
            due = believedUntil; // A hint asked early; the second opinion is worth something only after a while.
        } else if (failure instanceof SecretAccessException && !lane.loggedInBetween(doubtedAt, flown)) {
            believedUntil = lane.nextLogin(doubtedAt) + Plan.confirmation(engine.random());
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
        return isServed() && !isUnaging() ? earlier(due, validatedAt + Plan.nanos(policy.maxStale())) : due;
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
    }

    /** A call is on its way: its end decides what is next. */
    void asked() {
        due = NEVER;
    }

    private static long earlier(long due, long other) {
        return due == NEVER || other - due < 0 ? other : due;
    }

    private long nextRefresh(SecretData data, boolean first, long now) {
        if (isUnaging()) {
            return now + PARKED; // Not to fetch again: to see whether anybody still needs it.
        }
        long gap = first
                ? Plan.firstRefresh(policy.refreshAfter(), engine.random())
                : Plan.refresh(policy.refreshAfter(), engine.random());
        gap = advised(gap, data.refreshAt());
        gap = advised(gap, data.expiresAt());
        var lease = data.lease();
        if (lease.isPresent()) {
            gap = Math.min(gap, Plan.replacement(lease.get().ttl()));
        }
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

    boolean isServedSince(long oldest) {
        return isServed() && (isUnaging() || validatedAt - oldest >= 0);
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

    private boolean isTooOld(long now) {
        return !isUnaging() && now - (validatedAt + Plan.nanos(policy.maxStale())) >= 0;
    }

    @Nullable
    String knownVersion() {
        return last == null ? null : last.version();
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
        return new SecretStatus(id, shown, rotates, age, problem, reads);
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
        return new SecretUnavailableException(
                id,
                "was last confirmed " + Duration.ofNanos(now - validatedAt) + " ago, maxStale is " + policy.maxStale()
                        + why,
                "see whether the store of source '" + lane.name() + "' is reachable");
    }
}
