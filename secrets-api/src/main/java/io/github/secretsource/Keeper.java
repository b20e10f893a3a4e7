package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one secret right: what is served, until when, and when its source is asked next. All decisions fall under
 * {@code lock}, which is shared with other keepers, held for bookkeeping only and never taken by a reader of a good
 * value. Calls to the source, consumers and events happen after it is released.
 */
final class Keeper extends Timed {

    /** Something that changes how the secret stands; what it returns is for whoever asked. */
    private interface Decision {

        boolean fall(News news);
    }

    private final Engine engine;
    private final SecretId id;
    private final Lane lane;
    private final RefreshPolicy policy;
    private final ReentrantLock lock;
    private final Standing standing;
    private final Calls calls;
    private final Watching watching;
    private final Usage usage;

    /** Events of a sweep; guarded. */
    private @Nullable List<SecretEvent> untold;

    Keeper(Engine engine, SecretId id, Lane lane, RefreshPolicy policy, ReentrantLock lock) {
        this.engine = engine;
        this.id = id;
        this.lane = lane;
        this.policy = policy;
        this.lock = lock;
        this.standing = new Standing(engine, id, lane, policy);
        this.calls = new Calls(this, engine, lane);
        this.watching = new Watching(this, lane);
        this.usage = new Usage(engine.countsReads(), lane.nanos());
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

    /** Made anew for each decision: kept, it would cost every secret as much as a short value. */
    private Dispatch dispatch() {
        return new Dispatch(this, engine, standing, calls, watching, usage);
    }

    Watching watching() {
        return watching;
    }

    /** What readers see: one volatile read. */
    Snapshot current() {
        return standing.current();
    }

    /** Notes that the value was read. */
    void touch() {
        usage.touch();
    }

    /** Counts a read where that was asked for. */
    void count() {
        usage.count();
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
            return standing.isRetired() || current().secret() != null
                    ? null
                    : dispatch().forCaller(together);
        } finally {
            arrangeAndUnlock();
        }
    }

    /** The flight to wait for where what is held was fetched before {@code oldest}; null if it is young enough. */
    @Nullable
    Flight boardSince(long oldest) {
        lock.lock();
        try {
            engine.checkOpen();
            return standing.isRetired() || standing.isServedSince(oldest, lane.nanos())
                    ? null
                    : dispatch().forCaller(null);
        } finally {
            arrangeAndUnlock();
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
            return dispatch().forChallenge();
        } finally {
            arrangeAndUnlock();
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
            usage.add(handle);
            if (usage.isHeldOnce()) {
                dispatch().planHeld(lane.nanos());
                arrange();
            }
        } finally {
            lock.unlock();
        }
        engine.eviction().leaves(this);
        return true;
    }

    void release(LiveSecret<?> handle) {
        lock.lock();
        try {
            usage.remove(handle, lane.nanos());
            dispatch().planUnheld(usage.last());
            arrange();
        } finally {
            lock.unlock();
        }
        engine.eviction().returns(this);
    }

    /** Whether what is held was not confirmed since, though it is served. */
    boolean isInDoubtSince(long oldest) {
        lock.lock();
        try {
            return standing.isServed() && !standing.isServedSince(oldest, lane.nanos());
        } finally {
            lock.unlock();
        }
    }

    /** Whether nobody counts on its being in memory: not held, not under a lease, not ended. */
    boolean mayBeEvicted() {
        lock.lock();
        try {
            return !usage.isHeld() && !standing.isLeased() && !standing.hasEnded();
        } finally {
            lock.unlock();
        }
    }

    SecretStatus status() {
        lock.lock();
        try {
            return standing.status(lane.nanos(), usage.reads());
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody counts on it: it is held, or served from memory. */
    boolean inUse() {
        lock.lock();
        try {
            return usage.isHeld() || standing.isServed();
        } finally {
            lock.unlock();
        }
    }

    /** What cannot change needs no watch. */
    boolean isUnaging() {
        return standing.isUnaging();
    }

    /** When the lease ends under which a handle may still show a value whose view fails on the newest; or never. */
    long beforeEnds() {
        LeaseRoom room = standing.room();
        return room == null ? Schedule.NEVER : room.beforeEnds();
    }

    /** The handles on it. */
    LiveSecret<?>[] holders() {
        lock.lock();
        try {
            return usage.holders();
        } finally {
            lock.unlock();
        }
    }

    // ---- what happens to it ------------------------------------------------------------------------------------

    /** The source says that it may have changed. On any thread. */
    void hinted() {
        boolean unused = decide(news -> {
            dispatch().hinted(lane.nanos(), news);
            return true;
        });
    }

    /** The moment set has come. On the timer thread. */
    @Override
    void fire(long now) {
        var together = new Departures();
        boolean unused = decide(news -> {
            standing.withdrawIfOld(now, calls.current() != null, news.events());
            if (calls.current() == null && standing.schedule().isDue(now)) {
                dispatch().whenDue(now, false, together, news);
            }
            return true;
        });
        engine.takeAlong(lane, together, now);
    }

    /** Its turn has come at the turnstile; false if it needs none any more. On the timer thread. */
    boolean turn(long now) {
        return decide(news -> {
            if (calls.current() != null || !standing.schedule().isInLine()) {
                return false;
            }
            dispatch().whenDue(now, true, null, news);
            return calls.current() != null;
        });
    }

    /** Another secret of its source is fetched now: this one goes along if it is due soon anyway. */
    void comeAlong(Departures together, long now) {
        boolean unused = decide(news -> {
            dispatch().comeAlong(together, now, news);
            return true;
        });
    }

    /** Its source was down and answers again. */
    void sourceIsBack(long now) {
        boolean unused = decide(news -> {
            boolean concerned = calls.current() == null && standing.schedule().isFailing();
            if (concerned) {
                dispatch().sourceIsBack(now, news);
            }
            return concerned;
        });
    }

    /** The clocks parted by so much: what is held may be older than it looks. */
    void suspect(Duration passed, long now) {
        boolean unused = decide(news -> {
            standing.suspect(passed, now);
            boolean concerned = standing.isServed() && calls.current() == null;
            if (concerned) {
                dispatch().suspect(now, news);
            }
            return concerned;
        });
    }

    /** The login under which its lease was given may be lost. */
    void leaseInDoubt(long now) {
        boolean unused = decide(news -> {
            boolean concerned = standing.isLeased();
            if (concerned) {
                standing.suspect(null, now);
            }
            if (concerned && calls.current() == null) {
                dispatch().leaseInDoubt(now, news);
            }
            return concerned;
        });
    }

    /** The machine was frozen: refuses what became too old meanwhile, and says so later. */
    void sweep(long now) {
        boolean unused = decide(news -> {
            var events = new ArrayList<SecretEvent>(1);
            standing.withdrawIfOld(now, calls.current() != null, events);
            untold = events.isEmpty() ? null : events;
            return true;
        });
    }

    /** What watchers have not heard yet, for the next to tell them something. */
    List<SecretEvent> takeUntold() {
        List<SecretEvent> taken = untold;
        untold = null;
        return taken == null ? List.of() : taken;
    }

    /** Tells it to watchers, unless something that came meanwhile has brought it along. */
    void tellUntold() {
        boolean unused = decide(news -> true);
    }

    /** Too many are in memory, and this one was used least. */
    void evicted() {
        boolean unused = decide(news -> {
            boolean flies = calls.current() != null || calls.anyHang();
            boolean goes = !usage.isHeld() && !standing.isLeased() && !flies;
            if (goes) {
                dispatch().retire(news);
            } else {
                usage.pushedOut();
            }
            return goes;
        });
    }

    private boolean decide(Decision decision) {
        News news;
        boolean decided;
        lock.lock();
        try {
            if (standing.hasEnded()) {
                return false;
            }
            news = new News(engine, this);
            decided = decision.fall(news);
            arrange();
        } finally {
            lock.unlock();
        }
        news.tell();
        return decided;
    }

    // ---- the end of a call ---------------------------------------------------------------------------------------

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
        LeaseTerms lease = late.lease();
        if (late.data() != null && lease != null) {
            lane.leases().revoke(lease);
        }
    }

    /** Whether a flight that a batch left out goes on by a call of its own; not if it is over. */
    boolean goesOn(Flight flight, Call own) {
        lock.lock();
        try {
            boolean awaited = calls.current() == flight;
            if (awaited) {
                flight.carriedBy(own);
            }
            return awaited;
        } finally {
            lock.unlock();
        }
    }

    SecretException noAnswer() {
        return calls.noAnswer();
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
            news.onTimer();
            calls.giveUp(flown);
            landing = settle(flown, Answer.failed(calls.noAnswer()), news);
            var unused = calls.end(); // Last, as above: the agenda tries again what dies of an Error.
        } finally {
            lock.unlock();
        }
        try {
            flown.abandon();
        } finally {
            news.tell(flown, landing);
        }
    }

    private Landing settle(Flight flown, Answer answer, News news) {
        var settlement = new Settlement(this, engine, standing, calls, watching, usage);
        Landing landing = settlement.of(flown, answer, lane.nanos(), news);
        dispatch().followUp(lane.nanos());
        arrange();
        return landing;
    }

    /** The library closes: waiters are told, the value is dropped. */
    void close() {
        Flight ended;
        LiveSecret<?>[] closing;
        lock.lock();
        try {
            standing.close();
            ended = calls.end();
            closing = usage.removeAll();
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

    private void arrangeAndUnlock() {
        try {
            arrange();
        } finally {
            lock.unlock();
        }
    }

    private void arrange() {
        long next = standing.nextMoment();
        if (next == Schedule.NEVER) {
            engine.agenda().cancel(this);
            return;
        }
        engine.agenda().set(this, next);
        if (!isUnaging()) {
            engine.clocks().begin();
        }
    }
}
