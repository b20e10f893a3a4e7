package io.github.secretsource;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs one piece of work serially and never twice at once, however often it is signalled: signals during a run are
 * answered by one more run. The work looks at what is latest, so the latest wins. Safe for concurrent use.
 *
 * <p>A run that takes five seconds is reported once, since everyone behind it sees old values. A run that an
 * application's executor has not begun in that time is begun on the library's threads.
 */
final class Mailbox extends Timed {

    private static final long SLOW = 5 * Plan.SECOND;

    private enum State {
        IDLE,
        /** A run was handed over; whoever comes first begins it. */
        WAITING,
        RUNNING,
        AGAIN
    }

    private final Engine engine;
    private final Executor executor;
    private final Runnable work;
    private final String owner;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    /** Who is handing a run to the executor right now. */
    private volatile @Nullable Thread submitter;

    /**
     * Makes one.
     *
     * @param executor runs the work; one that refuses is replaced by the library's own threads for that time
     * @param work what to run; it does not throw
     * @param owner whose work it is, for the report of a slow run
     */
    Mailbox(Engine engine, Executor executor, Runnable work, String owner) {
        this.engine = engine;
        this.executor = executor;
        this.work = work;
        this.owner = owner;
    }

    /** Something new is there: the work runs soon, once more at least. */
    void signal() {
        while (true) {
            State now = state.get();
            if (now == State.WAITING || now == State.AGAIN) {
                return; // The run to come sees it.
            }
            if (state.compareAndSet(now, now == State.IDLE ? State.WAITING : State.AGAIN)) {
                if (now == State.IDLE) {
                    submit();
                }
                return;
            }
        }
    }

    /** Claims the mailbox for the calling thread: until {@link #end} nothing runs, signals are kept. */
    void begin() {
        state.set(State.RUNNING);
    }

    /** The same, unless something runs or is about to. */
    boolean tryBegin() {
        return state.compareAndSet(State.IDLE, State.RUNNING);
    }

    /** Gives the mailbox back; what was signalled meanwhile runs on the library's threads. */
    void end() {
        if (!state.compareAndSet(State.RUNNING, State.IDLE)) {
            state.set(State.WAITING);
            submit();
        }
    }

    private void submit() {
        engine.agenda().set(this, engine.nanos() + SLOW);
        submitter = Thread.currentThread();
        try {
            executor.execute(this::drainElsewhere);
        } catch (Throwable e) {
            // An application's executor that is full, shut down or out of threads must not cost anybody a rotation.
            engine.listenerThreads().execute(this::drain);
        } finally {
            submitter = null;
        }
    }

    /** An executor that runs its tasks on the calling thread would have one consumer hold up the others. */
    private void drainElsewhere() {
        if (Thread.currentThread() == submitter) {
            engine.listenerThreads().execute(this::drain);
        } else {
            drain();
        }
    }

    private void drain() {
        if (!state.compareAndSet(State.WAITING, State.RUNNING)) {
            return;
        }
        do {
            state.set(State.RUNNING);
            engine.agenda().set(this, engine.nanos() + SLOW);
            runOnce();
            engine.agenda().cancel(this);
        } while (!state.compareAndSet(State.RUNNING, State.IDLE));
    }

    private void runOnce() {
        try {
            work.run();
        } catch (Error e) {
            // No memory or no thread just now; the handle must not be deaf for ever.
            state.set(State.WAITING);
            engine.agenda().set(this, engine.nanos() + SLOW);
            throw e;
        }
    }

    @Override
    void fire(long now) {
        State slow = state.get();
        if (slow == State.WAITING) {
            engine.events()
                    .warn(owner + " has been waiting for a thread for 5 s; until one is free it sees no newer value");
            engine.listenerThreads().execute(this::drain);
        } else if (slow != State.IDLE) {
            engine.events().warn(owner + " has been running for 5 s; until it returns it sees no newer value");
        }
    }
}
