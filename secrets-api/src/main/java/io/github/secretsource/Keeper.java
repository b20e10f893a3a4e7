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

    private static final LiveSecret<?>[] NOBODY = {};

    private final Engine engine;
    private final SecretId id;
    private final Lane lane;
    private final RefreshPolicy policy;
    private final ReentrantLock lock;
    private final Standing standing;
    private final Watching watching;
    private final @Nullable LongAdder reads;

    /** Whether somebody read it since the last look; a plain mark, set without a lock. */
    private volatile boolean read;

    /** Guarded by {@code lock}, like everything below. */
    private @Nullable Flight flight;

    private LiveSecret<?>[] holders = NOBODY;
    private long lastUse;
    private int hung;

    /** How long after a refused value the source is not asked again; zero while the content is new. */
    private long challengeGap;

    private long nextChallenge;

    Keeper(Engine engine, SecretId id, Lane lane, RefreshPolicy policy, ReentrantLock lock) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
        this.lock = lock;
        this.standing = new Standing(engine, id, lane, policy);
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

    /** What readers see: one volatile read. */
    Snapshot current() {
        return standing.current();
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
    @Nullable
    Flight board() {
        lock.lock();
        try {
            engine.checkOpen();
            if (standing.isRetired() || current().secret() != null) {
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
    @Nullable
    Flight boardSince(long oldest) {
        lock.lock();
        try {
            engine.checkOpen();
            if (standing.isRetired() || standing.isServedSince(oldest)) {
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
    @Nullable
    Flight challenge() {
        lock.lock();
        try {
            engine.checkOpen();
            if (standing.hasEnded() || flight != null) {
                return flight;
            }
            long now = lane.nanos();
            boolean early = challengeGap > 0 && now - nextChallenge < 0;
            if (early || standing.isFailing() || hungProblem() != null || !lane.mayChallenge(now)) {
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
            if (standing.isRetired()) {
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
            return standing.status(lane.nanos(), reads == null ? 0 : reads.sum());
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody counts on it: it is held, or served from memory. */
    boolean inUse() {
        lock.lock();
        try {
            return holders.length > 0 || standing.isServed();
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
            before = current();
            if (standing.hasEnded()) {
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
            before = current();
            if (standing.hasEnded()) {
                return;
            }
            standing.withdrawIfOld(now, events);
            if (flight == null && standing.isDue(now)) {
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
            before = current();
            standing.withdrawIfOld(now, events);
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
            before = current();
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
            before = current();
            if (!flown.isHung() && flown.runs()) {
                flown.markHung();
                hung++;
                lane.abandonedOne();
            }
            landing = settle(flown, null, noAnswer(), events);
            flight = null; // Last, as above: the agenda tries again what dies of an Error.
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
            standing.close();
            ended = flight;
            flight = null;
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
        long before = current().sequence();
        Landing landing;
        if (data == null) {
            var problem = java.util.Objects.requireNonNull(failure);
            landing = standing.failed(flown, problem, now, holders.length > 0, events);
        } else {
            landing = standing.succeeded(flown, data, now, events);
            challengeGap = current().sequence() == before ? challengeGap : 0;
        }
        if (watching.takeDirty() && !deafToHints()) {
            standing.dueBy(watching.nextHint(now));
        }
        schedule();
        return landing;
    }

    private void whenDue(long now, List<SecretEvent> events) {
        boolean hinted = watching.takeHintDue();
        if (read || holders.length > 0) {
            read = false;
            lastUse = now;
        }
        // Half an interval, since refreshes come early by their jitter and often while the source is down.
        boolean used = now - lastUse < Plan.nanos(policy.refreshAfter()) / 2;
        if (holders.length > 0 || (standing.isServed() && (used || hinted))) {
            ask(now, events);
        } else if (standing.isServed()) {
            standing.park(now);
            watching.stop();
        } else if (!standing.lingers(now, hung > 0)) {
            standing.retire();
            engine.forget(this);
            watching.stop();
        }
    }

    private void followHint(long now, List<SecretEvent> events) {
        if (deafToHints()) {
            return;
        }
        if (holders.length == 0 && !standing.isServed()) {
            standing.forgetRefusal(now);
            return;
        }
        long next = watching.nextHint(now);
        if (now - next >= 0) {
            ask(now, events);
        } else {
            standing.dueBy(next);
        }
        schedule();
    }

    /** A remote store that is down must not be asked more often because its watch flaps. */
    private boolean deafToHints() {
        return standing.isFailing() && !lane.traits().isLinearizable();
    }

    /** Asks the source, or counts a failure where calls to it hang. */
    private void ask(long now, List<SecretEvent> events) {
        SecretException blocked = hungProblem();
        if (blocked == null) {
            launch(now);
        } else {
            standing.failed(null, blocked, now, holders.length > 0, events);
        }
    }

    /** Asks the source for somebody who waits; throws the last reason where it is too early to ask again. */
    private void launchForCaller() {
        long now = lane.nanos();
        SecretException early = standing.tooEarly(now);
        if (early != null) {
            throw early.again();
        }
        SecretException blocked = hungProblem();
        if (blocked != null) {
            standing.dueBy(now + Plan.backOff(1, engine.random())); // A handle waits for a value all the same.
            schedule();
            throw blocked;
        }
        launch(now);
        schedule();
    }

    private void launch(long now) {
        boolean freshLogin = standing.confirms(now) && lane.mayForceLogin();
        long deadline = now + Plan.nanos(policy.fetchDeadline());
        var launched = new Flight(this, lane, !standing.isServed(), freshLogin, standing.knownVersion(), now, deadline);
        standing.asked();
        flight = launched;
        watching.launched(now);
        engine.agenda().set(launched, deadline);
        lane.submit(launched);
    }

    private void schedule() {
        long next = standing.nextMoment();
        if (next == Standing.NEVER) {
            engine.agenda().cancel(this);
        } else {
            engine.agenda().set(this, next);
        }
    }

    /** What cannot change needs no watch. */
    boolean isUnaging() {
        return standing.isUnaging();
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
        boolean news = current().sequence() != before.sequence();
        if (news) {
            for (LiveSecret<?> handle : holders()) {
                handle.showing().changed();
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
