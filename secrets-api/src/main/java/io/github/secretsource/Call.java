package io.github.secretsource;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One use of a lane's thread: it runs at most once, and from when it is given up until it ends it counts as hung. Safe
 * for concurrent use.
 */
final class Call implements Runnable {

    private enum State {
        WAITING,
        RUNNING,
        HUNG,
        OVER
    }

    private final Lane lane;
    private final Runnable work;
    private final FutureTask<@Nullable Void> task;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final AtomicInteger parties;
    private final AtomicBoolean counted = new AtomicBoolean();

    /** A call that so many flights share. */
    Call(Lane lane, Runnable work, int parties) {
        this.lane = lane;
        this.work = work;
        this.parties = new AtomicInteger(parties);
        this.task = new FutureTask<>(this, null);
    }

    /** What the lane runs; once interrupted it does nothing. */
    Runnable task() {
        return task;
    }

    @Override
    public void run() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        try {
            work.run();
        } finally {
            if (state.getAndSet(State.OVER) == State.HUNG) {
                lane.returnedOne();
            }
        }
    }

    /**
     * One of its flights no longer waits for it; true if it goes on all the same. When none does, it counts as hung if
     * it runs, and never begins if it does not.
     */
    boolean giveUp() {
        if (parties.decrementAndGet() > 0) {
            return state.get() == State.RUNNING;
        }
        if (state.compareAndSet(State.WAITING, State.OVER)) {
            return false;
        }
        if (state.compareAndSet(State.RUNNING, State.HUNG)) {
            lane.abandonedOne();
        }
        return state.get() == State.HUNG;
    }

    /** Interrupts the thread it runs on, if nobody waits for it. Never under a lock: it may close a channel. */
    void interrupt() {
        if (parties.get() <= 0) {
            task.cancel(true);
        }
    }

    /** True once: however many flights it carries, it is one answer of the source. */
    boolean counts() {
        return counted.compareAndSet(false, true);
    }
}
