package io.github.secretsource;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what one handle shows current: has a value made of each content, refuses what is withdrawn or left behind, and
 * tells the consumers. Safe for concurrent use. What is guarded is guarded by the keeper's lock.
 *
 * @param <T> the type of the value
 */
final class Showing<T> {

    /** What readers see: a value, or what to throw. One object, so that a read is one look. */
    record Shown<T>(
            long sequence, @Nullable T value, @Nullable Held<T> held, Refusal refusal) {

        static <T> Shown<T> nothing(long sequence, Refusal refusal) {
            return new Shown<>(sequence, null, null, refusal);
        }
    }

    enum Refusal {
        NONE,
        BY_KEEPER,
        CLOSED
    }

    private final LiveSecret<T> handle;
    private final Engine engine;
    private final Keeper keeper;
    private final Rendering<T> rendering;
    private final Mailbox mailbox;
    private final List<Follower<T>> followers = new CopyOnWriteArrayList<>();

    /** Completed when something newer is shown or the view failed on it; made by whoever waits for that. */
    private volatile @Nullable CompletableFuture<Void> next;

    /** Why what is shown is not made of the newest content, null where it is; written under the lock. */
    private volatile @Nullable SecretException viewProblem;

    /** The newest snapshot that is shown, or that the view failed on; written under the keeper's lock. */
    private volatile long seen = -1;

    /** Whether a value was ever shown; written under the lock. */
    private volatile boolean hadValue;

    /** While a newer content is known than the one shown; guarded. */
    private @Nullable LeftBehind leftBehind;

    /** While a previous value is shown; guarded. */
    private @Nullable Forgetting forgetting;

    Showing(LiveSecret<T> handle, Engine engine, Keeper keeper, Rendering<T> rendering) {
        this.handle = handle;
        this.engine = engine;
        this.keeper = keeper;
        this.rendering = rendering;
        this.mailbox = new Mailbox(engine, engine.listenerThreads(), this::render, "a view of " + keeper.id());
        mailbox.begin();
    }

    Keeper keeper() {
        return keeper;
    }

    Engine engine() {
        return engine;
    }

    // ---- what the handle asks ------------------------------------------------------------------------------------

    /**
     * Makes the first value on the calling thread.
     *
     * @throws SecretException if the view fails, or the content was withdrawn meanwhile
     */
    void first() {
        render();
        Shown<T> now = handle.shown;
        if (now.value == null) {
            throw refusal(now);
        }
        mailbox.end();
    }

    /** Lets renderings begin without a first value. */
    void later() {
        mailbox.end();
        changed(false);
    }

    /** No more deliveries, no more values. False if it was ended before. */
    boolean end() {
        boolean first = install(Shown.nothing(Long.MAX_VALUE, Refusal.CLOSED));
        rendering.forget();
        followers.clear();
        keeper.release(handle);
        return first;
    }

    Subscription subscribe(Consumer<? super T> consumer) {
        var follower = new Follower<T>(this, consumer);
        followers.add(follower);
        try {
            follower.first();
        } catch (Throwable e) {
            // Application code, which may throw what it does not declare: nothing is subscribed, whatever it was.
            follower.close();
            throw e;
        }
        if (handle.shown.refusal == Refusal.CLOSED) {
            follower.close();
        }
        return follower;
    }

    void forget(Follower<T> follower) {
        followers.remove(follower);
    }

    @Nullable
    Held<T> held() {
        return handle.shown.held;
    }

    /** Has the source asked about the value shown, which a server refused, and waits for a newer one to be shown. */
    void challenge() {
        long deadline = engine.nanos() + Plan.nanos(keeper.policy().waitDeadline());
        CompletableFuture<Void> newer = next();
        // What the keeper holds already only has to be shown.
        boolean held = keeper.current().sequence() > seen;
        Flight flight = held ? null : keeper.challenge();
        engine.reads().awaitNewer(keeper, flight, newer, () -> seen, deadline);
        if (flight != null && flight.renews() && !newer.isDone()) {
            // A lease was just renewed; for a refused value another one is needed.
            engine.reads().awaitNewer(keeper, keeper.challenge(), newer, () -> seen, deadline);
        }
    }

    private CompletableFuture<Void> next() {
        keeper.lock().lock();
        try {
            CompletableFuture<Void> waiting = next;
            if (waiting == null || waiting.isDone()) {
                waiting = new CompletableFuture<>();
                next = waiting;
            }
            return waiting;
        } finally {
            keeper.lock().unlock();
        }
    }

    SecretStatus status() {
        SecretStatus status = keeper.status();
        SecretException failing = viewProblem;
        if (failing == null || status.state() != SecretStatus.State.FRESH) {
            return status;
        }
        var without = hadValue ? SecretStatus.State.WITHDRAWN : SecretStatus.State.WAITING;
        return status.as(handle.shown.value == null ? without : SecretStatus.State.STALE, failing);
    }

    RuntimeException refusal(Shown<T> now) {
        if (now.refusal == Refusal.CLOSED) {
            engine.checkOpen();
            return new IllegalStateException("this handle on " + keeper.id() + " is closed");
        }
        SecretException withdrawn = keeper.current().refusal();
        SecretException reason = withdrawn != null ? withdrawn : viewProblem;
        return reason != null
                ? reason.again()
                : new SecretUnavailableException(keeper.id(), "has no value yet", "wait for its first fetch to end");
    }

    // ---- what the keeper says ------------------------------------------------------------------------------------

    /** The keeper has a new snapshot. On any thread, the timer's included, on which no value is made. */
    void changed(boolean onTimer) {
        Snapshot now = keeper.current();
        if (now.secret() == null) {
            refuse(now);
            return;
        }
        keeper.lock().lock();
        try {
            limit();
        } finally {
            keeper.lock().unlock();
        }
        if (!onTimer && rendering.isOurs() && mailbox.tryBegin()) {
            render(); // Here and now: a thread less between a rotation and its consumers.
            mailbox.end();
        } else {
            mailbox.signal();
        }
    }

    /** The same content has another label or end: what is shown says so, and nobody is told. */
    void relabelled() {
        Snapshot now = keeper.current();
        Secret secret = now.secret();
        keeper.lock().lock();
        try {
            Shown<T> shown = handle.shown;
            if (secret != null && shown.held != null && shown.sequence == now.sequence()) {
                handle.shown = new Shown<>(shown.sequence, shown.value, shown.held.labelled(secret), shown.refusal);
            }
        } finally {
            keeper.lock().unlock();
        }
    }

    private void refuse(Snapshot now) {
        boolean unused = install(Shown.nothing(now.sequence(), Refusal.BY_KEEPER));
    }

    private void render() {
        Snapshot now = keeper.current();
        Secret secret = now.secret();
        if (secret == null || handle.shown.refusal == Refusal.CLOSED) {
            refuse(now);
            return;
        }
        var made = rendering.of(secret);
        if (made.held() == null) {
            fails(made.failure(), now.sequence());
        } else if (install(new Shown<>(now.sequence(), made.held().value(), made.held(), Refusal.NONE))) {
            for (Follower<T> follower : followers) {
                follower.signal();
            }
        }
        if (handle.shown.refusal == Refusal.CLOSED) {
            rendering.forget();
        }
    }

    private void fails(SecretException failure, long sequence) {
        boolean news;
        keeper.lock().lock();
        try {
            news = viewProblem == null && handle.shown.value != null;
            viewProblem = failure;
            seen = Math.max(seen, sequence);
        } finally {
            keeper.lock().unlock();
        }
        wakeWaiters();
        if (news) {
            engine.events().emit(new SecretEvent.RefreshFailed(keeper.id(), engine.now(), failure));
        }
    }

    /** Shows something newer; false if what is shown is newer already. */
    private boolean install(Shown<T> newer) {
        boolean recovered = false;
        keeper.lock().lock();
        try {
            Shown<T> before = handle.shown;
            if (before.sequence >= newer.sequence) {
                return false;
            }
            if (newer.value != null) {
                hadValue = true;
                recovered = viewProblem != null && before.value != null;
                viewProblem = null;
            }
            handle.shown = keepingPrevious(before, newer);
            seen = newer.sequence;
            stopLimit();
            limit();
        } finally {
            keeper.lock().unlock();
        }
        wakeWaiters();
        if (recovered) {
            engine.events().emit(new SecretEvent.Recovered(keeper.id(), engine.now()));
        }
        return true;
    }

    private void wakeWaiters() {
        CompletableFuture<Void> waiting = next;
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    // ---- the value before, under the lock ------------------------------------------------------------------------

    /** Drops the previous value in time. */
    private final class Forgetting extends Timed {

        @Override
        void fire(long now) {
            keeper.lock().lock();
            try {
                Shown<T> shown = handle.shown;
                if (forgetting == this && shown.held != null) {
                    handle.shown =
                            new Shown<>(shown.sequence, shown.value, shown.held.withPrevious(null), shown.refusal);
                }
            } finally {
                keeper.lock().unlock();
            }
        }
    }

    private Shown<T> keepingPrevious(Shown<T> before, Shown<T> newer) {
        if (newer.held == null
                || before.held == null
                || keeper.policy().keepPrevious().isZero()) {
            stopForgetting();
            return newer;
        }
        if (newer.held.rendering() == before.held.rendering()) {
            return new Shown<>(newer.sequence, before.value, before.held, newer.refusal);
        }
        stopForgetting();
        forgetting = new Forgetting();
        engine.agenda()
                .set(forgetting, engine.nanos() + Plan.nanos(keeper.policy().keepPrevious()));
        return new Shown<>(newer.sequence, newer.value, newer.held.withPrevious(before.value), newer.refusal);
    }

    private void stopForgetting() {
        if (forgetting != null) {
            engine.agenda().cancel(forgetting);
            forgetting = null;
        }
    }

    // ---- a value that is no longer the newest, under the lock ----------------------------------------------------

    /**
     * Refuses the value shown if none was made of a newer content within maxStale of its replacement, be it that the
     * view fails, hangs or waits for a thread.
     */
    private final class LeftBehind extends Timed {

        @Override
        void fire(long now) {
            SecretException reason;
            keeper.lock().lock();
            try {
                if (leftBehind != this) {
                    return;
                }
                leftBehind = null;
                stopForgetting();
                reason = viewProblem != null ? viewProblem : noAnswer();
                viewProblem = reason;
                handle.shown = Shown.nothing(handle.shown.sequence, Refusal.BY_KEEPER);
            } finally {
                keeper.lock().unlock();
            }
            engine.events().emit(new SecretEvent.Withdrawn(keeper.id(), engine.now(), reason));
        }

        private SecretException noAnswer() {
            return new SecretUnavailableException(
                    keeper.id(),
                    "was replaced " + keeper.policy().maxStale() + " ago and its view has not returned since",
                    "see what the view waits for");
        }
    }

    /** Sees to it that an outdated value is not shown for ever. */
    private void limit() {
        Shown<T> shown = handle.shown;
        boolean outdated =
                shown.value != null && shown.sequence < keeper.current().sequence();
        if (outdated && leftBehind == null) {
            leftBehind = new LeftBehind();
            long limit = engine.nanos() + Plan.nanos(keeper.policy().maxStale());
            long ends = keeper.beforeEnds();
            engine.agenda().set(leftBehind, ends == Schedule.NEVER ? limit : Math.min(limit, ends));
        }
    }

    private void stopLimit() {
        if (leftBehind != null) {
            engine.agenda().cancel(leftBehind);
            leftBehind = null;
        }
    }
}
