package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call to a source for one secret, with its deadline and everyone who waits for it. It lands once: by its answer,
 * by its deadline or by close, whichever the keeper sees first; what comes later is discarded.
 */
final class Flight extends Timed implements FetchContext, Runnable {

    /**
     * How it ended: a content, a problem, or neither when the library was closed meanwhile.
     *
     * @param secret the content, or null
     * @param problem why there is none, or null
     */
    record Landing(@Nullable Secret secret, @Nullable SecretException problem) {

        static final Landing CLOSED = new Landing(null, null);
    }

    private final Keeper keeper;
    private final Lane lane;
    private final FutureTask<@Nullable Void> task;
    private final boolean cold;
    private final @Nullable String knownVersion;
    private final CompletableFuture<Landing> done = new CompletableFuture<>();
    private final long deadline;

    /** Set once, by the flight's thread to make the call or by its keeper to keep it from doing so. */
    private final AtomicBoolean claimed = new AtomicBoolean();

    private volatile boolean calls;
    private volatile boolean freshLogin;

    /** When the call began, or when it was asked for if it has not begun. */
    private volatile long called;

    /** Guarded by the keeper's lock. */
    private boolean hung;

    Flight(
            Keeper keeper,
            Lane lane,
            boolean cold,
            boolean freshLogin,
            @Nullable String knownVersion,
            long launched,
            long deadline) {
        this.keeper = keeper;
        this.lane = lane;
        this.cold = cold;
        this.freshLogin = freshLogin;
        this.knownVersion = knownVersion;
        this.called = launched;
        this.deadline = deadline;
        this.task = new FutureTask<>(this, null);
    }

    /** The task to run on the lane; a cancelled one does nothing. */
    Runnable task() {
        return task;
    }

    /** Calls the source. On a thread of the lane. */
    @Override
    public void run() {
        if (!claimed.compareAndSet(false, true)) {
            return;
        }
        called = lane.nanos();
        calls = true;
        SecretData data = null;
        SecretException problem = null;
        try {
            keeper.watching().start();
            data = fetch();
        } catch (SecretException e) {
            problem = e;
        } catch (Throwable e) {
            // A source is foreign code: even its errors must not end the thread unheard. The message may hold a value.
            problem = new SecretUnavailableException(
                    keeper.id(),
                    "could not be fetched: its source threw " + e.getClass().getName(),
                    "see the source's own log; the call is tried again");
        } finally {
            Thread.interrupted(); // An interrupt meant for this call must not reach the next one on this thread.
            keeper.landed(this, data, problem);
        }
    }

    /** Cold and denied: once more with a fresh login, since the first refusal may mean an old token only. */
    private SecretData fetch() {
        try {
            return call();
        } catch (SecretAccessException e) {
            if (!cold || remaining().isZero()) {
                throw e;
            }
            freshLogin = lane.mayForceLogin();
            called = lane.nanos();
            return call();
        }
    }

    private SecretData call() {
        try {
            SecretData data = lane.source().fetch(keeper.id(), this);
            if (data == null) {
                throw new SecretUnavailableException(
                        keeper.id(), "got no answer: its source returned null", "the source must return data or throw");
            }
            noteLogin();
            return data;
        } catch (SecretAccessException | SecretNotFoundException e) {
            noteLogin();
            throw e;
        }
    }

    /** Its store answered, so the fresh login asked for has taken place. */
    private void noteLogin() {
        if (freshLogin) {
            lane.loggedIn();
        }
    }

    @Override
    void fire(long now) {
        keeper.overdue(this);
    }

    /** Interrupts the call if it runs, keeps it from running if it does not. */
    void abandon() {
        task.cancel(true);
    }

    /** Whether the source has been called. */
    boolean calls() {
        return calls;
    }

    /** Whether the call goes on; one that has not begun is kept from beginning. */
    boolean runs() {
        return !claimed.compareAndSet(false, true) && !task.isDone();
    }

    void markHung() {
        hung = true;
    }

    boolean isHung() {
        return hung;
    }

    long called() {
        return called;
    }

    long deadline() {
        return deadline;
    }

    CompletableFuture<Landing> done() {
        return done;
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - lane.nanos()));
    }

    @Override
    public boolean freshLogin() {
        return freshLogin;
    }

    @Override
    public Optional<String> knownVersion() {
        return Optional.ofNullable(knownVersion);
    }
}
