package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    private final Calls calls;
    private final Watching watching;
    private final @Nullable LongAdder reads;

    /** Whether somebody read it since the last look, or at all if it is leased; set without a lock. */
    private volatile boolean read;

    /** Guarded by {@code lock}, like the one below. */
    private LiveSecret<?>[] holders = NOBODY;

    private long lastUse;

    Keeper(Engine engine, SecretId id, Lane lane, RefreshPolicy policy, ReentrantLock lock) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
        this.lock = lock;
        this.standing = new Standing(engine, id, lane, policy);
        this.calls = new Calls(this, engine, lane);
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
    Flight board(@Nullable Departures together) {
        lock.lock();
        try {
            engine.checkOpen();
            return standing.isRetired() || current().secret() != null ? null : boarded(together);
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
            return standing.isRetired() || standing.isServedSince(oldest) ? null : boarded(null);
        } finally {
            lock.unlock();
        }
    }

    private Flight boarded(@Nullable Departures together) {
        Flight present = calls.current();
        return present != null ? present : launchForCaller(together);
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
            Flight present = calls.current();
            if (standing.hasEnded() || present != null) {
                return present;
            }
            long now = lane.nanos();
            boolean early = standing.isFailing()
                    || standing.tooEarly(now) != null
                    || lane.turnstile().refusal(id, now) != null
                    || (standing.isLeased() && !mayMint(now));
            return early || !calls.mayChallenge(now) ? null : launch(standing.fetching(now), now, null);
        } finally {
            lock.unlock();
        }
    }

    /** Adds a handle; false if this keeper is retired. */
    boolean hold(LiveSecret<?> handle) {
        boolean held = add(handle);
        engine.eviction().leaves(this);
        return held;
    }

    private boolean add(LiveSecret<?> handle) {
        lock.lock();
        try {
            engine.checkOpen();
            if (standing.isRetired()) {
                return false;
            }
            var more = Arrays.copyOf(holders, holders.length + 1);
            more[holders.length] = handle;
            holders = more;
            if (more.length == 1 && standing.isLeased() && calls.current() == null) {
                standing.dueAt(Objects.requireNonNull(standing.room()).due());
                schedule();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void release(LiveSecret<?> handle) {
        remove(handle);
        engine.eviction().returns(this);
    }

    private void remove(LiveSecret<?> handle) {
        lock.lock();
        try {
            var fewer = new ArrayList<LiveSecret<?>>(List.of(holders));
            fewer.remove(handle);
            holders = fewer.toArray(NOBODY);
            lastUse = lane.nanos();
            if (!isHeld() && standing.isLeased() && !read && calls.current() == null) {
                standing.dueAt(lastUse + LeaseRoom.UNHELD);
                schedule();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody counts on its being in memory: not held, not under a lease, not ended. */
    boolean mayBeEvicted() {
        lock.lock();
        try {
            return !isHeld() && !standing.isLeased() && !standing.hasEnded();
        } finally {
            lock.unlock();
        }
    }

    /** Too many are in memory, and this one was used least. */
    void evicted() {
        News news;
        lock.lock();
        try {
            if (isHeld() || standing.isLeased() || standing.hasEnded() || calls.current() != null || calls.anyHang()) {
                return;
            }
            news = new News(engine, this);
            retire(news);
            schedule();
        } finally {
            lock.unlock();
        }
        news.tell();
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
            return isHeld() || standing.isServed();
        } finally {
            lock.unlock();
        }
    }

    // ---- what happens to it ------------------------------------------------------------------------------------

    /** The source says that it may have changed. On any thread. */
    void hinted() {
        News news;
        lock.lock();
        try {
            news = new News(engine, this);
            if (calls.current() != null) {
                watching.markDirty();
            } else if (!standing.hasEnded() && !deafToHints() && !standing.isLeased()) {
                followHint(lane.nanos(), news);
            }
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /** The moment set has come. On the timer thread. */
    @Override
    void fire(long now) {
        var together = new Departures();
        News news;
        lock.lock();
        try {
            news = new News(engine, this);
            if (!standing.hasEnded()) {
                standing.withdrawIfOld(now, news.events());
                if (calls.current() == null && standing.isDue(now)) {
                    whenDue(now, false, together, news);
                }
                schedule();
            }
        } finally {
            lock.unlock();
        }
        engine.takeAlong(lane, together, now);
        news.tell();
    }

    /** Its turn has come at the turnstile; false if it needs none any more. On the timer thread. */
    boolean turn(long now) {
        News news;
        boolean taken;
        lock.lock();
        try {
            news = new News(engine, this);
            if (standing.hasEnded() || calls.current() != null || !standing.isInLine()) {
                return false;
            }
            whenDue(now, true, null, news);
            taken = calls.current() != null;
            schedule();
        } finally {
            lock.unlock();
        }
        news.tell();
        return taken;
    }

    /** Another secret of its source is fetched now: this one goes along if it is due soon anyway. */
    void comeAlong(Departures together, long now) {
        lock.lock();
        try {
            boolean wanted = calls.current() == null && standing.isServed() && !standing.isLeased() && !isUnaging();
            if (wanted && (read || isHeld()) && standing.isDueSoon(now) && calls.blocked() == null) {
                read = false;
                lastUse = now;
                var unused = launch(standing.errand(now), now, together);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Its source is up again: what failed for want of it is due, and nobody is refused for that any more. */
    void sourceIsBack(long now) {
        News news;
        lock.lock();
        try {
            news = new News(engine, this);
            if (standing.hasEnded() || calls.current() != null || !standing.isFailing()) {
                return;
            }
            if (isHeld() || standing.isServed()) {
                ask(now, false, null, news);
            } else {
                standing.forgetRefusal(now);
            }
            schedule();
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /** The clocks parted by so much, or the login was lost: what is held may be older than it looks. */
    void suspect(Duration passed, long now, boolean leasesOnly) {
        News news;
        lock.lock();
        try {
            news = new News(engine, this);
            boolean leased = standing.isLeased();
            if (standing.isServed() && (leased ? isHeld() : !leasesOnly && !isUnaging()) && calls.current() == null) {
                standing.suspect(passed, now);
                if (leased && !leasesOnly && standing.mayOnlyBeReplaced(now)) {
                    standing.replacedInTime(now);
                } else if (lane.turnstile().passes(this, leased, now)) {
                    whenDue(now, true, null, news);
                } else {
                    standing.waitsInLine(now);
                }
                schedule();
            }
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /** The machine was frozen: refuses what became too old meanwhile, before anything else is done. */
    void sweep(long now) {
        News news;
        lock.lock();
        try {
            news = new News(engine, this);
            standing.withdrawIfOld(now, news.events());
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /** A call ended. On the flight's thread. */
    void landed(Flight flown, Answer answer) {
        News news;
        Landing landing;
        lock.lock();
        try {
            if (calls.current() != flown) {
                calls.returned(flown);
                news = null;
                landing = Landing.CLOSED;
            } else {
                news = new News(engine, this);
                landing = settle(flown, answer, news);
                var unused = calls.end(); // Last: should memory run out above, the flight's deadline still settles it.
            }
        } finally {
            lock.unlock();
        }
        if (news == null) {
            revokeLate(answer);
            return;
        }
        engine.agenda().cancel(flown);
        news.tell(flown, landing);
    }

    /** Nobody will use what came too late; a lease in it would live on at the store. */
    private void revokeLate(Answer late) {
        if (late.data() != null) {
            late.data().lease().ifPresent(lane.leases()::revoke);
        }
    }

    /** A call reached its deadline: nobody waits for it any longer and what it still brings is discarded. */
    void overdue(Flight flown) {
        News news;
        Landing landing;
        lock.lock();
        try {
            if (calls.current() != flown) {
                return;
            }
            news = new News(engine, this);
            calls.giveUp(flown);
            landing = settle(flown, Answer.failed(calls.noAnswer()), news);
            var unused = calls.end(); // Last, as above: the agenda tries again what dies of an Error.
        } finally {
            lock.unlock();
        }
        flown.abandon();
        news.tell(flown, landing);
    }

    /** The library closes: waiters are told, the value is dropped. */
    void close() {
        Flight ended;
        LiveSecret<?>[] closing;
        lock.lock();
        try {
            standing.close();
            ended = calls.end();
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

    private Landing settle(Flight flown, Answer answer, News news) {
        long now = lane.nanos();
        if (lane.turnstile().answered(flown, answer.problem(), now)) {
            news.sourceIsBack();
        }
        if (engine.events().wanted() && flown.calls()) {
            var took = Duration.ofNanos(now - flown.sent());
            news.events().add(new SecretEvent.Fetched(id, engine.now(), took, answer.problem()));
        }
        Landing landing = decided(flown, answer, now, news);
        if (watching.takeDirty() && !deafToHints() && !standing.isLeased()) {
            standing.dueBy(watching.nextHint(now));
        }
        schedule();
        return landing;
    }

    private Landing decided(Flight flown, Answer answer, long now, News news) {
        if (answer.renewed() != null) {
            return standing.renewed(flown, answer.renewed(), now, news.events());
        }
        if (answer.data() != null) {
            Landing landing = standing.succeeded(flown, answer.data(), now, news.events());
            if (news.hasNewContent()) {
                calls.contentChanged();
            }
            if (standing.isLeased()) {
                watching.stop(); // A hint would have it fetched, and each fetch is another lease.
            }
            return landing;
        }
        SecretException failure = Objects.requireNonNull(answer.problem());
        return flown.renews()
                ? standing.renewalFailed(failure, now, news.events())
                : standing.failed(flown, failure, now, isHeld(), news.events());
    }

    private void whenDue(long now, boolean itsTurn, @Nullable Departures together, News news) {
        if (standing.isLeased()) {
            whenLeaseDue(now, itsTurn, news);
            return;
        }
        if (standing.isUnaging() && standing.isServed()) {
            whenUnaging(now, news);
            return;
        }
        boolean hinted = watching.takeHintDue();
        if (read || isHeld()) {
            noteUse(now, news);
        }
        // Half an interval, since refreshes come early by their jitter and often while the source is down.
        boolean used = now - lastUse < Plan.nanos(policy.refreshAfter()) / 2;
        if (isHeld() || (standing.isServed() && (used || hinted))) {
            ask(now, itsTurn, together, news);
        } else if (standing.isServed()) {
            standing.park(now);
            watching.stop();
        } else if (!standing.lingers(now, calls.anyHang())) {
            retire(news);
        }
    }

    private void noteUse(long now, News news) {
        if (read && !isHeld()) {
            news.used();
        }
        read = false;
        lastUse = now;
    }

    /** Held, its lease is renewed or replaced; read once, it is kept to its end; else it is given back. */
    private void whenLeaseDue(long now, boolean itsTurn, News news) {
        if (isHeld()) {
            ask(now, itsTurn, null, news);
        } else if (read) {
            standing.dueAt(Standing.NEVER);
        } else if (now - lastUse < LeaseRoom.UNHELD) {
            standing.dueAt(lastUse + LeaseRoom.UNHELD);
        } else {
            lane.revoke(Objects.requireNonNull(standing.room()).lease());
            retire(news);
        }
    }

    private void retire(News news) {
        news.retired();
        standing.retire();
        engine.forget(this);
        watching.stop();
    }

    /** Nothing to ask for: it stays while somebody needs it. */
    private void whenUnaging(long now, News news) {
        if (read || isHeld()) {
            read = false;
            standing.lookAgain(now);
        } else {
            retire(news);
        }
    }

    private void followHint(long now, News news) {
        if (!isHeld() && !standing.isServed()) {
            standing.forgetRefusal(now);
            return;
        }
        long next = watching.nextHint(now);
        if (now - next >= 0) {
            ask(now, lane.traits().isLinearizable(), null, news);
        } else {
            standing.dueBy(next);
        }
        schedule();
    }

    /** A remote store that is down must not be asked more often because its watch flaps. */
    private boolean deafToHints() {
        return standing.isFailing() && !lane.traits().isLinearizable();
    }

    /** Asks the source, or waits for its turn, or counts a failure where calls to it hang. */
    private void ask(long now, boolean itsTurn, @Nullable Departures together, News news) {
        SecretException blocked = calls.blocked();
        if (blocked != null) {
            standing.failed(null, blocked, now, isHeld(), news.events());
        } else if (itsTurn || lane.turnstile().passes(this, standing.isLeased(), now)) {
            var unused = launch(standing.errand(now), now, together);
        } else {
            standing.waitsInLine(now);
        }
    }

    /** Asks the source for somebody who waits; throws the last reason where it is too early to ask again. */
    private Flight launchForCaller(@Nullable Departures together) {
        long now = lane.nanos();
        SecretException early = standing.tooEarly(now);
        if (early != null) {
            throw early.again();
        }
        SecretException closed = calls.blocked();
        closed = closed != null ? closed : lane.turnstile().refusal(id, now);
        if (closed != null) {
            standing.dueBy(now + Plan.backOff(1, engine.random())); // A handle waits for a value all the same.
            schedule();
            throw closed;
        }
        return launch(standing.fetching(now), now, together);
    }

    private Flight launch(Errand errand, long now, @Nullable Departures together) {
        watching.launched(now);
        Flight launched = calls.launch(errand, now, together);
        standing.asked();
        schedule();
        return launched;
    }

    private boolean mayMint(long now) {
        LeaseRoom room = standing.room();
        return room == null || room.mayMint(now);
    }

    private void schedule() {
        long next = standing.nextMoment();
        if (next == Standing.NEVER) {
            engine.agenda().cancel(this);
        } else {
            engine.agenda().set(this, next);
            if (!isUnaging()) {
                engine.clocks().begin();
            }
        }
    }

    private boolean isHeld() {
        return holders.length > 0;
    }

    /** What cannot change needs no watch. */
    boolean isUnaging() {
        return standing.isUnaging();
    }

    /** The handles on it. */
    LiveSecret<?>[] holders() {
        lock.lock();
        try {
            return holders;
        } finally {
            lock.unlock();
        }
    }
}
