package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import io.github.secretsource.spi.SecretData;
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

    /** Whether somebody read it since the last look; a plain mark, set without a lock. */
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
    Flight board() {
        lock.lock();
        try {
            engine.checkOpen();
            return standing.isRetired() || current().secret() != null ? null : boarded();
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
            return standing.isRetired() || standing.isServedSince(oldest) ? null : boarded();
        } finally {
            lock.unlock();
        }
    }

    private Flight boarded() {
        Flight present = calls.current();
        return present != null ? present : launchForCaller();
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
            boolean early = standing.isFailing() || standing.tooEarly(now) != null;
            return early || !calls.mayChallenge(now) ? null : launch(now);
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
            var more = Arrays.copyOf(holders, holders.length + 1);
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
            news = new News();
            if (calls.current() != null) {
                watching.markDirty();
            } else if (!standing.hasEnded() && !deafToHints()) {
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
        News news;
        lock.lock();
        try {
            news = new News();
            if (!standing.hasEnded()) {
                standing.withdrawIfOld(now, news.events);
                if (calls.current() == null && standing.isDue(now)) {
                    whenDue(now, news);
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
            news = new News();
            standing.withdrawIfOld(now, news.events);
        } finally {
            lock.unlock();
        }
        news.tell();
    }

    /** A call ended. On the flight's thread. */
    void landed(Flight flown, @Nullable SecretData data, @Nullable SecretException failure) {
        News news;
        Landing landing;
        lock.lock();
        try {
            if (calls.current() != flown) {
                calls.returned(flown);
                return;
            }
            news = new News();
            landing = settle(flown, data, failure, news);
            var unused = calls.end(); // Last: should memory run out above, the flight's deadline still settles it.
        } finally {
            lock.unlock();
        }
        engine.agenda().cancel(flown);
        news.tell(flown, landing);
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
            news = new News();
            calls.giveUp(flown);
            landing = settle(flown, null, calls.noAnswer(), news);
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

    private Landing settle(Flight flown, @Nullable SecretData data, @Nullable SecretException failure, News news) {
        long now = lane.nanos();
        if (engine.events().wanted() && flown.calls()) {
            var took = Duration.ofNanos(now - flown.called());
            news.events.add(new SecretEvent.Fetched(id, engine.now(), took, failure));
        }
        Landing landing;
        if (data == null) {
            landing = standing.failed(flown, Objects.requireNonNull(failure), now, isHeld(), news.events);
        } else {
            landing = standing.succeeded(flown, data, now, news.events);
            if (news.any()) {
                calls.contentChanged();
            }
        }
        if (watching.takeDirty() && !deafToHints()) {
            standing.dueBy(watching.nextHint(now));
        }
        schedule();
        return landing;
    }

    private void whenDue(long now, News news) {
        if (standing.isUnaging() && standing.isServed()) {
            whenUnaging(now);
            return;
        }
        boolean hinted = watching.takeHintDue();
        if (read || isHeld()) {
            read = false;
            lastUse = now;
        }
        // Half an interval, since refreshes come early by their jitter and often while the source is down.
        boolean used = now - lastUse < Plan.nanos(policy.refreshAfter()) / 2;
        if (isHeld() || (standing.isServed() && (used || hinted))) {
            ask(now, news);
        } else if (standing.isServed()) {
            standing.park(now);
            watching.stop();
        } else if (!standing.lingers(now, calls.anyHang())) {
            retire();
        }
    }

    private void retire() {
        standing.retire();
        engine.forget(this);
        watching.stop();
    }

    /** Nothing to ask for: it stays while somebody needs it. */
    private void whenUnaging(long now) {
        if (read || isHeld()) {
            read = false;
            standing.lookAgain(now);
        } else {
            retire();
        }
    }

    private void followHint(long now, News news) {
        if (!isHeld() && !standing.isServed()) {
            standing.forgetRefusal(now);
            return;
        }
        long next = watching.nextHint(now);
        if (now - next >= 0) {
            ask(now, news);
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
    private void ask(long now, News news) {
        SecretException blocked = calls.blocked();
        if (blocked == null) {
            launch(now);
        } else {
            standing.failed(null, blocked, now, isHeld(), news.events);
        }
    }

    /** Asks the source for somebody who waits; throws the last reason where it is too early to ask again. */
    private Flight launchForCaller() {
        long now = lane.nanos();
        SecretException early = standing.tooEarly(now);
        if (early != null) {
            throw early.again();
        }
        SecretException blocked = calls.blocked();
        if (blocked != null) {
            standing.dueBy(now + Plan.backOff(1, engine.random())); // A handle waits for a value all the same.
            schedule();
            throw blocked;
        }
        return launch(now);
    }

    private Flight launch(long now) {
        watching.launched(now);
        Flight launched = calls.launch(standing, now);
        schedule();
        return launched;
    }

    private void schedule() {
        long next = standing.nextMoment();
        if (next == Standing.NEVER) {
            engine.agenda().cancel(this);
        } else {
            engine.agenda().set(this, next);
        }
    }

    private boolean isHeld() {
        return holders.length > 0;
    }

    /** What cannot change needs no watch. */
    boolean isUnaging() {
        return standing.isUnaging();
    }

    /** What a decision has to tell: collected under the lock, told after it is released. */
    private final class News {

        private final List<SecretEvent> events = new ArrayList<>(2);
        private final Snapshot before = current();

        boolean any() {
            return current().sequence() != before.sequence();
        }

        /** Handles first, since they serve readers; then those who watch. */
        void tell() {
            if (any()) {
                for (LiveSecret<?> handle : handles()) {
                    handle.showing().changed();
                }
            }
            for (SecretEvent event : events) {
                engine.events().emit(event);
            }
        }

        /** Tells those who wait last: by then handles serve the news. They are told whatever happens. */
        void tell(Flight flown, Landing landing) {
            try {
                tell();
            } finally {
                flown.done().complete(landing);
            }
        }

        private LiveSecret<?>[] handles() {
            lock.lock();
            try {
                return holders;
            } finally {
                lock.unlock();
            }
        }
    }
}
