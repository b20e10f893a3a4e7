package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one secret right: what is served, until when, and when its source is asked next. All decisions fall under
 * {@code lock}, which is shared with other keepers, held for bookkeeping only and never taken by a reader of a good
 * value. Calls to the source, consumers and events happen after it is released.
 */
final class Keeper extends Timed {

    private enum State {
        EMPTY,
        FRESH,
        STALE,
        GONE,
        RETIRED,
        CLOSED
    }

    private static final LiveSecret<?>[] NOBODY = {};
    private static final long NEVER = Long.MIN_VALUE;
    private static final long PARKED = 600 * Plan.SECOND;

    /** How long a refusal that nobody holds outlasts its gap, so that the next read still knows the back-off. */
    private static final long LINGER = 60 * Plan.SECOND;

    private final Engine engine;
    private final SecretId id;
    private final Lane lane;
    private final RefreshPolicy policy;
    private final ReentrantLock lock;
    private final Watching watching;
    private final @Nullable LongAdder reads;

    /** What readers see; written under {@code lock}. */
    private volatile Snapshot current = Snapshot.EMPTY;

    /** Whether somebody read it since the last look; a plain mark, set without a lock. */
    private volatile boolean read;

    /** Guarded by {@code lock}, like everything below. */
    private State state = State.EMPTY;

    private @Nullable Flight flight;
    private @Nullable Secret last;
    private @Nullable SecretData lastData;
    private @Nullable SecretException problem;
    private LiveSecret<?>[] holders = NOBODY;
    private long sequence;
    private long contents;
    private long validatedAt;
    private long due = NEVER;
    private long lastUse;
    private int failures;
    private int hung;

    /** When a definitive answer was given for the first time; never, while there is no doubt. */
    private long doubtedAt = NEVER;

    /** Up to here the last problem is believed: an early call is no second opinion. */
    private long believedUntil;

    /** How long after a refused value the source is not asked again; zero while the content is new. */
    private long challengeGap;

    private long nextChallenge;

    Keeper(Engine engine, SecretId id, Lane lane, RefreshPolicy policy, ReentrantLock lock) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
        this.lock = lock;
        this.watching = new Watching(this, lane);
        this.reads = engine.countsReads() ? new LongAdder() : null;
    }

    SecretId id() {
        return id;
    }

    Lane lane() {
        return lane;
    }

    RefreshPolicy policy() {
        return policy;
    }

    ReentrantLock lock() {
        return lock;
    }

    Snapshot current() {
        return current;
    }

    /** Notes that the value was read. */
    void touch() {
        if (!read) {
            read = true;
        }
        count();
    }

    /** Counts a read where that was asked for. */
    void count() {
        if (reads != null) {
            reads.increment();
        }
    }

    // ---- callers -----------------------------------------------------------------------------------------------

    /**
     * The flight to wait for, launched if there is none. Null: look again, there is a content by now, or this keeper
     * is retired and another has its place.
     */
    @Nullable Flight board() {
        lock.lock();
        try {
            engine.checkOpen();
            if (state == State.RETIRED || current.secret() != null) {
                return null;
            }
            if (flight == null) {
                launchForCaller();
            }
            return flight;
        } finally {
            lock.unlock();
        }
    }

    /** The flight to wait for where what is held was fetched before {@code oldest}; null if it is young enough. */
    @Nullable Flight boardSince(long oldest) {
        lock.lock();
        try {
            engine.checkOpen();
            boolean young = served() && (unaging() || validatedAt - oldest >= 0);
            if (state == State.RETIRED || young) {
                return null;
            }
            if (flight == null) {
                launchForCaller();
            }
            return flight;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The flight to wait for when a server refused what is held; null where the source was asked a moment ago, fails,
     * or is asked too often by others.
     */
    @Nullable Flight challenge() {
        lock.lock();
        try {
            engine.checkOpen();
            if (ended() || flight != null) {
                return flight;
            }
            long now = lane.nanos();
            boolean early = challengeGap > 0 && now - nextChallenge < 0;
            if (early || failures > 0 || hungProblem() != null || !lane.mayChallenge(now)) {
                return null;
            }
            challengeGap = Plan.challengeGap(challengeGap);
            nextChallenge = now + challengeGap;
            launch(now);
            schedule();
            return flight;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a handle; false if this keeper is retired. */
    boolean hold(LiveSecret<?> handle) {
        lock.lock();
        try {
            engine.checkOpen();
            if (state == State.RETIRED) {
                return false;
            }
            var more = java.util.Arrays.copyOf(holders, holders.length + 1);
            more[holders.length] = handle;
            holders = more;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(LiveSecret<?> handle) {
        lock.lock();
        try {
            var fewer = new ArrayList<LiveSecret<?>>(List.of(holders));
            fewer.remove(handle);
            holders = fewer.toArray(NOBODY);
        } finally {
            lock.unlock();
        }
    }

    SecretStatus status() {
        lock.lock();
        try {
            var shown =
                    switch (state) {
                        case FRESH -> SecretStatus.State.FRESH;
                        case STALE -> SecretStatus.State.STALE;
                        case GONE -> SecretStatus.State.WITHDRAWN;
                        case EMPTY, RETIRED, CLOSED -> SecretStatus.State.WAITING;
                    };
            var age = last == null ? Duration.ZERO : Duration.ofNanos(lane.nanos() - validatedAt);
            boolean rotates = !unaging() && (lastData == null || lastData.rotates());
            return new SecretStatus(id, shown, rotates, age, problem, reads == null ? 0 : reads.sum());
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody counts on it: it is held, or served from memory. */
    boolean inUse() {
        lock.lock();
        try {
            return holders.length > 0 || served();
        } finally {
            lock.unlock();
        }
    }

    // ---- what happens to it ------------------------------------------------------------------------------------

    /** The source says that it may have changed. On any thread. */
    void hinted() {
        var events = new ArrayList<SecretEvent>(1);
        Snapshot before;
        lock.lock();
        try {
            before = current;
            if (ended()) {
                return;
            }
            if (flight != null) {
                watching.markDirty();
                return;
            }
            followHint(lane.nanos(), events);
        } finally {
            lock.unlock();
        }
        tell(events, before);
    }

    /** The moment set has come. On the timer thread. */
    @Override
    void fire(long now) {
        var events = new ArrayList<SecretEvent>(1);
        Snapshot before;
        lock.lock();
        try {
            before = current;
            if (ended()) {
                return;
            }
            withdrawIfOld(now, events);
            if (flight == null && due != NEVER && now - due >= 0) {
                whenDue(now, events);
            }
            schedule();
        } finally {
            lock.unlock();
        }
        tell(events, before);
    }

    /** The machine was frozen: refuses what became too old meanwhile, before anything else is done. */
    void sweep(long now) {
        var events = new ArrayList<SecretEvent>(1);
        Snapshot before;
        lock.lock();
        try {
            before = current;
            withdrawIfOld(now, events);
        } finally {
            lock.unlock();
        }
        tell(events, before);
    }

    /** A call ended. On the flight's thread. */
    void landed(Flight flown, @Nullable SecretData data, @Nullable SecretException failure) {
        var events = new ArrayList<SecretEvent>(3);
        Snapshot before;
        Landing landing;
        lock.lock();
        try {
            if (flight != flown) {
                returned(flown);
                return;
            }
            before = current;
            landing = settle(flown, data, failure, events);
            flight = null; // Last: should memory run out above, the flight's deadline still settles it.
        } finally {
            lock.unlock();
        }
        engine.agenda().cancel(flown);
        tell(events, before, flown, landing);
    }

    /** A call reached its deadline: nobody waits for it any longer and what it still brings is discarded. */
    void overdue(Flight flown) {
        var events = new ArrayList<SecretEvent>(3);
        Snapshot before;
        Landing landing;
        lock.lock();
        try {
            if (flight != flown) {
                return;
            }
            flight = null;
            before = current;
            if (flown.runs()) {
                flown.markHung();
                hung++;
                lane.abandonedOne();
            }
            landing = settle(flown, null, noAnswer(), events);
        } finally {
            lock.unlock();
        }
        flown.abandon();
        tell(events, before, flown, landing);
    }

    /** An abandoned call came back at last. */
    private void returned(Flight flown) {
        if (flown.isHung()) {
            hung--;
            lane.returnedOne();
        }
    }

    /** The library closes: waiters are told, the value is dropped. */
    void close() {
        Flight ended;
        LiveSecret<?>[] closing;
        lock.lock();
        try {
            state = State.CLOSED;
            ended = flight;
            flight = null;
            last = null;
            lastData = null;
            current = new Snapshot(++sequence, null, null, 0);
            closing = holders;
            holders = NOBODY;
        } finally {
            lock.unlock();
        }
        for (LiveSecret<?> handle : closing) {
            handle.close();
        }
        if (ended != null) {
            ended.abandon();
            ended.done().complete(Landing.CLOSED);
        }
    }

    Watching watching() {
        return watching;
    }

    // ---- decisions, all under the lock -------------------------------------------------------------------------

    private Landing settle(
            Flight flown, @Nullable SecretData data, @Nullable SecretException failure, List<SecretEvent> events) {
        long now = lane.nanos();
        if (engine.events().wanted() && flown.calls()) {
            var took = Duration.ofNanos(now - flown.called());
            events.add(new SecretEvent.Fetched(id, engine.now(), took, failure));
        }
        var landing = data != null
                ? succeeded(flown, data, now, events)
                : failed(flown, java.util.Objects.requireNonNull(failure), now, events);
        if (watching.takeDirty() && !deafToHints()) {
            due = earlier(due, watching.nextHint(now));
        }
        schedule();
        return landing;
    }

    private Landing succeeded(Flight flown, SecretData data, long now, List<SecretEvent> events) {
        Secret before = last;
        boolean first = before == null;
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
            challengeGap = 0;
        }
        if (was == State.STALE || (was == State.GONE && same)) {
            events.add(new SecretEvent.Recovered(id, engine.now()));
        }
        due = nextRefresh(data, first, now);
        return new Landing(secret, null);
    }

    private Landing failed(@Nullable Flight flown, SecretException failure, long now, List<SecretEvent> events) {
        if (failure instanceof SecretAccessException && !(problem instanceof SecretAccessException)) {
            events.add(new SecretEvent.Denied(id, engine.now(), null));
        }
        problem = failure;
        if (served()) {
            servedStale(flown, failure, now, events);
            return new Landing(null, failure);
        }
        if (failure instanceof SecretUnavailableException && parked() && !tooOld(now)) {
            current = Snapshot.of(++sequence, java.util.Objects.requireNonNull(last));
            servedStale(flown, failure, now, events);
            return new Landing(last, null);
        }
        refuse(failure, now);
        return new Landing(null, failure);
    }

    /** A good value is held: it goes on being served, and the source is asked again soon. */
    private void servedStale(
            @Nullable Flight flown, SecretException failure, long now, List<SecretEvent> events) {
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
        } else if (doubtedAt == NEVER) {
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
    private void refuse(SecretException failure, long now) {
        boolean outage = failure instanceof SecretUnavailableException;
        long until = failure instanceof SecretUnavailableException unavailable
                ? now + backOff(unavailable)
                : now + remembered(failure);
        boolean definitive = !outage && !(failure instanceof SecretFormatException);
        failures = outage ? failures : 0;
        if (definitive && state == State.EMPTY) {
            last = null; // What is gone or denied must not come back because its source is down.
            lastData = null;
        }
        // An outage does not make a confirmed withdrawal less true.
        SecretException withdrawn = state == State.GONE ? current.refusal() : null;
        SecretException reason = definitive || withdrawn == null ? failure : withdrawn;
        current = Snapshot.refusing(state == State.GONE ? sequence : ++sequence, reason, until);
        due = outage || holders.length == 0 ? until : now + Plan.recheckGone(policy.refreshAfter());
    }

    private void withdraw(SecretException reason, long until, List<SecretEvent> events) {
        state = State.GONE;
        doubtedAt = NEVER;
        current = Snapshot.refusing(++sequence, reason, until);
        events.add(new SecretEvent.Withdrawn(id, engine.now(), reason));
    }

    private void withdrawIfOld(long now, List<SecretEvent> events) {
        if (served() && tooOld(now)) {
            withdraw(tooOldProblem(now), failures == 0 || due == NEVER ? now : due, events);
        }
    }

    private void whenDue(long now, List<SecretEvent> events) {
        boolean hinted = watching.takeHintDue();
        if (read || holders.length > 0) {
            read = false;
            lastUse = now;
        }
        // Half an interval, since refreshes come early by their jitter and often while the source is down.
        boolean used = now - lastUse < Plan.nanos(policy.refreshAfter()) / 2;
        if (holders.length > 0 || (served() && (used || hinted))) {
            ask(now, events);
        } else if (served()) {
            park(now);
        } else if (current.refusal() != null && now - current.until() < LINGER) {
            due = current.until() + LINGER;
        } else {
            retire();
        }
    }

    private void followHint(long now, List<SecretEvent> events) {
        if (deafToHints()) {
            return;
        }
        if (holders.length == 0 && !served()) {
            forgetRefusal(now);
            return;
        }
        long next = watching.nextHint(now);
        if (now - next >= 0) {
            ask(now, events);
        } else {
            due = earlier(due, next);
        }
        schedule();
    }

    /** A remote store that is down must not be asked more often because its watch flaps. */
    private boolean deafToHints() {
        return failures > 0 && !lane.traits().isLinearizable();
    }

    /** Asks the source, or counts a failure where calls to it hang. */
    private void ask(long now, List<SecretEvent> events) {
        SecretException blocked = hungProblem();
        if (blocked == null) {
            launch(now);
        } else {
            failed(null, blocked, now, events);
        }
    }

    /** Asks the source for somebody who waits; throws the last reason where it is too early to ask again. */
    private void launchForCaller() {
        long now = lane.nanos();
        SecretException refusal = current.refusal();
        if (refusal != null && now - current.until() < 0) {
            throw refusal.again();
        }
        if (state == State.STALE && problem != null && now - believedUntil < 0) {
            throw problem.again();
        }
        SecretException blocked = hungProblem();
        if (blocked != null) {
            due = earlier(due, now + Plan.backOff(1, engine.random())); // A handle waits for a value all the same.
            schedule();
            throw blocked;
        }
        launch(now);
        schedule();
    }

    private void launch(long now) {
        due = NEVER;
        boolean confirms = doubtedAt != NEVER && now - believedUntil >= 0;
        boolean freshLogin = confirms && lane.mayForceLogin();
        long deadline = now + Plan.nanos(policy.fetchDeadline());
        String known = last == null ? null : last.version();
        var launched = new Flight(this, lane, !served(), freshLogin, known, now, deadline);
        flight = launched;
        watching.launched(now);
        engine.agenda().set(launched, deadline);
        lane.submit(launched);
    }

    /** Unread for an interval: no more calls, no watch; the value waits in case the source is down when it is read. */
    private void park(long now) {
        state = State.EMPTY;
        doubtedAt = NEVER;
        current = new Snapshot(++sequence, null, null, 0);
        due = earlier(validatedAt + Plan.nanos(policy.maxStale()), now + PARKED);
        watching.stop();
    }

    private void retire() {
        state = State.RETIRED;
        last = null;
        lastData = null;
        current = Snapshot.EMPTY;
        engine.forget(this);
        watching.stop();
    }

    private void forgetRefusal(long now) {
        SecretException refusal = current.refusal();
        if (refusal != null) {
            current = Snapshot.refusing(current.sequence(), refusal, now);
        }
    }

    private void schedule() {
        long next = due;
        if (served() && !unaging()) {
            next = earlier(next, validatedAt + Plan.nanos(policy.maxStale()));
        }
        if (next == NEVER || ended()) {
            engine.agenda().cancel(this);
        } else {
            engine.agenda().set(this, next);
        }
    }

    private long nextRefresh(SecretData data, boolean first, long now) {
        if (unaging()) {
            return NEVER;
        }
        long gap = first
                ? Plan.firstRefresh(policy.refreshAfter(), engine.random())
                : Plan.refresh(policy.refreshAfter(), engine.random());
        var advised = data.refreshAt();
        // An advice in the past is an old one, or the clock is wrong: following it would mean a call per second.
        if (advised.isPresent() && advised.get().isAfter(engine.now())) {
            long rest = Plan.nanos(Duration.between(engine.now(), advised.get()));
            gap = Math.min(gap, Math.max(Plan.SECOND, rest));
        }
        return now + gap;
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

    private Secret relabelled(Secret held, SecretData data) {
        String label = data.version().orElse(held.version());
        boolean relabelled = !label.equals(held.version())
                || !data.expiresAt().equals(held.expiresAt());
        return relabelled ? new Secret(id, data, label) : held;
    }

    private String label(SecretData data) {
        return data.version().orElseGet(() -> "#" + ++contents);
    }

    private boolean served() {
        return state == State.FRESH || state == State.STALE;
    }

    private boolean parked() {
        return state == State.EMPTY && last != null;
    }

    private boolean ended() {
        return state == State.RETIRED || state == State.CLOSED;
    }

    /** What cannot change does not grow old. */
    boolean unaging() {
        return id.isPinned() || lane.traits().neverRotates();
    }

    private boolean tooOld(long now) {
        return !unaging() && now - (validatedAt + Plan.nanos(policy.maxStale())) >= 0;
    }

    private static long earlier(long due, long other) {
        return due == NEVER || other - due < 0 ? other : due;
    }

    // ---- words -------------------------------------------------------------------------------------------------

    private @Nullable SecretException hungProblem() {
        if (hung > 1) {
            return new SecretUnavailableException(
                    id, "is not asked for: " + hung + " calls hang", "its source must honour interrupts or time-outs");
        }
        if (lane.clogged()) {
            return new SecretUnavailableException(
                    id,
                    "is not asked for: too many calls to source '" + lane.name() + "' hang",
                    "see whether its store answers");
        }
        return null;
    }

    private SecretException noAnswer() {
        return new SecretUnavailableException(
                id,
                "got no answer within " + policy.fetchDeadline(),
                "see whether the store of source '" + lane.name() + "' is reachable");
    }

    private SecretException tooOldProblem(long now) {
        String why = problem == null ? "" : " since it " + problem.problem();
        return new SecretUnavailableException(
                id,
                "was last confirmed " + Duration.ofNanos(now - validatedAt) + " ago, maxStale is " + policy.maxStale()
                        + why,
                "see whether the store of source '" + lane.name() + "' is reachable");
    }

    /** Tells those who wait last: by then handles serve the news. They are told whatever happens. */
    private void tell(List<SecretEvent> events, Snapshot before, Flight flown, Landing landing) {
        try {
            tell(events, before);
        } finally {
            flown.done().complete(landing);
        }
    }

    /** After the lock is released: handles first, since they serve readers; then those who watch. */
    private void tell(List<SecretEvent> events, Snapshot before) {
        boolean news = current.sequence() != before.sequence();
        if (news) {
            for (LiveSecret<?> handle : holders()) {
                handle.changed();
            }
        }
        for (SecretEvent event : events) {
            engine.events().emit(event);
        }
    }

    private LiveSecret<?>[] holders() {
        lock.lock();
        try {
            return holders;
        } finally {
            lock.unlock();
        }
    }
}
