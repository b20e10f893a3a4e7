package io.github.secretsource;

import java.util.concurrent.FutureTask;
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

    Call(Lane lane, Runnable work) {
        this.lane = lane;
        this.work = work;
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

    /** Nobody waits for it any longer; true if it goes on all the same. One that has not begun never will. */
    boolean giveUp() {
        if (state.compareAndSet(State.WAITING, State.OVER)) {
            return false;
        }
        if (state.compareAndSet(State.RUNNING, State.HUNG)) {
            lane.abandonedOne();
        }
        return state.get() == State.HUNG;
    }

    /** Interrupts the thread it runs on. Never under a lock: it may close a channel. */
    void interrupt() {
        task.cancel(true);
    }
}
