package io.github.secretsource;

import org.jspecify.annotations.Nullable;

/**
 * One keeper's watch at its source and the spacing of the fetches that its hints cause. The watch is registered on a
 * flight's thread before the first fetch, so that no change falls in between. Everything is guarded by the keeper's
 * lock, which is not held while the source is called.
 */
final class Watching implements Runnable {

    private final Keeper keeper;
    private final Lane lane;
    private @Nullable Subscription watch;
    private boolean registered;
    private boolean ended;

    /** A hint came while a fetch was on its way: one more fetch follows. */
    private boolean dirty;

    /** The next fetch is due because of a hint, not of age. */
    private boolean hintDue;

    private boolean launchedBefore;
    private long lastLaunch;

    Watching(Keeper keeper, Lane lane) {
        this.keeper = keeper;
        this.lane = lane;
    }

    /** The source's hint. On any thread. */
    @Override
    public void run() {
        keeper.hinted();
    }

    /** Registers the watch if there is none. On a flight's thread, without the lock. */
    void start() {
        if (!claim()) {
            return;
        }
        Subscription made;
        try {
            made = lane.source().watch(keeper.id(), this);
        } catch (Throwable e) {
            // Foreign code. Without a watch the poll still finds every change; the next fetch tries again.
            made = null;
        }
        Subscription surplus = keep(made);
        if (surplus != null) {
            Closing.quietly(surplus);
        }
    }

    private boolean claim() {
        keeper.lock().lock();
        try {
            if (registered || ended || keeper.isUnaging()) {
                return false;
            }
            registered = true;
            return true;
        } finally {
            keeper.lock().unlock();
        }
    }

    /** Keeps the watch, or returns it where it was stopped meanwhile. */
    private @Nullable Subscription keep(@Nullable Subscription made) {
        keeper.lock().lock();
        try {
            // A call that hung in here may come back when another has registered the watch.
            if (made == null) {
                registered = watch != null;
                return null;
            }
            if (ended || !registered || watch != null) {
                return made;
            }
            watch = made;
            return null;
        } finally {
            keeper.lock().unlock();
        }
    }

    /** Stops the watch, which may be started again. Under the lock; the source is told on its own threads. */
    void stop() {
        registered = false;
        Subscription stopped = watch;
        watch = null;
        if (stopped != null) {
            lane.unwatch(stopped);
        }
    }

    /** Takes the watch out for good, for the caller to close. */
    Subscription end() {
        keeper.lock().lock();
        try {
            ended = true;
            Subscription last = watch;
            watch = null;
            return last == null ? Subscription.NONE : last;
        } finally {
            keeper.lock().unlock();
        }
    }

    void launched(long now) {
        launchedBefore = true;
        lastLaunch = now;
        hintDue = false;
    }

    void markDirty() {
        dirty = true;
    }

    boolean takeDirty() {
        boolean was = dirty;
        dirty = false;
        return was;
    }

    /** When the fetch that a hint asks for may begin: at once, unless one began within the source's gap. */
    long nextHint(long now) {
        hintDue = true;
        long next = lastLaunch + Plan.nanos(lane.traits().hintGap());
        return launchedBefore && next - now > 0 ? next : now;
    }

    boolean takeHintDue() {
        boolean was = hintDue;
        hintDue = false;
        return was;
    }
}
