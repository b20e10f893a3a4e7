package io.github.secretsource;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a secret that is kept current until closed: {@link #get()} is always the right value, and consumers are
 * told when it rotates.
 *
 * <pre>{@code
 * LiveSecret<UsernamePassword> db = secrets.live("file:db", UsernamePassword::from);
 * db.subscribe(pair -> pool.use(pair.username(), pair.password()));
 * }</pre>
 *
 * <p>Safe for concurrent use. The handle serves the last good value while its source fails, up to
 * {@link RefreshPolicy#maxStale()}; then, or when the secret is confirmed gone, it refuses. If the view fails on a new
 * version, the value made of the last good one stays and {@link #status()} says why.
 *
 * @param <T> the type of the value, which the library never closes
 */
public final class LiveSecret<T> implements AutoCloseable {

    /** What readers see: a value, or what to throw. One object, so that a read is one look. */
    private record Shown<T>(long sequence, @Nullable T value, @Nullable Held<T> held, Refusal refusal) {}

    /**
     * What the view made of a content.
     *
     * @param held null if the view failed on it
     */
    private record Made<T>(Secret of, @Nullable Held<T> held) {}

    private enum Refusal {
        NONE,
        BY_KEEPER,
        CLOSED
    }

    private final @Nullable Keeper keeper;
    private final @Nullable Engine engine;
    private final @Nullable SecretRef ref;
    private final @Nullable SecretView<T> view;
    private final @Nullable Mailbox mailbox;
    private final List<Follower<T>> followers = new CopyOnWriteArrayList<>();

    /** Written under the keeper's lock, sequence strictly growing. */
    private volatile Shown<T> shown;

    /** Completed when something newer is shown or the view failed on it; made by whoever waits for that. */
    private volatile @Nullable CompletableFuture<Void> nextShown;

    /** Why what is shown is not made of the newest content, null where it is; written under the keeper's lock. */
    private volatile @Nullable SecretException viewProblem;

    /** While a newer content is known than the one shown; guarded by the keeper's lock. */
    private @Nullable LeftBehind leftBehind;

    /** Written by renderings, which are serial, and forgotten at the end. */
    private volatile @Nullable Made<T> made;

    /** Used by renderings only. */
    private long renderings;

    /** Drops the previous value in time, where previous values are kept. */
    private final @Nullable Timed forgetting;

    LiveSecret(Engine engine, Keeper keeper, SecretRef ref, SecretView<T> view) {
        this.engine = engine;
        this.keeper = keeper;
        this.ref = ref;
        this.view = view;
        this.shown = new Shown<>(-1, null, null, Refusal.BY_KEEPER);
        this.forgetting = keeper.policy().keepPrevious().isZero() ? null : new Forgetting();
        this.mailbox =
                new Mailbox(engine, engine.listenerThreads(), this::render, "a view of " + keeper.id());
        mailbox.begin();
    }

    private LiveSecret(T value) {
        this.engine = null;
        this.keeper = null;
        this.ref = null;
        this.view = null;
        this.mailbox = null;
        this.shown = new Shown<>(0, value, new Held<>(value, "constant", null, null, 0), Refusal.NONE);
        this.forgetting = null;
    }

    /**
     * Returns a handle that always holds the same value, for tests of code that takes a handle.
     *
     * @param value what it holds
     * @param <T> its type
     * @return a handle without a source; it never rotates
     */
    public static <T> LiveSecret<T> constant(T value) {
        return new LiveSecret<>(Objects.requireNonNull(value, "value"));
    }

    /**
     * Returns the value. One volatile read: it never blocks and never looks at the clock.
     *
     * @return the value of the newest version seen
     * @throws SecretException if there is no value yet, or it was withdrawn: the reason
     * @throws IllegalStateException if this handle or its {@link Secrets} is closed
     */
    public T get() {
        var now = shown;
        T value = now.value;
        if (value == null) {
            throw refusal(now);
        }
        return value;
    }

    /**
     * Returns the value with its version, expiry and, if kept, the value before it, all of one moment.
     *
     * @return what {@link #get()} returns at the same moment, and what belongs to it
     * @throws SecretException if there is no value yet, or it was withdrawn: the reason
     * @throws IllegalStateException if this handle or its {@link Secrets} is closed
     */
    public Held<T> held() {
        var now = shown;
        Held<T> held = now.held;
        if (held == null) {
            throw refusal(now);
        }
        return held;
    }

    /**
     * Says that a server refused the value and returns a newer one: the one held, if it differs already, else what a
     * refresh within the deadline brings. Calls that come together share one refresh.
     *
     * @param refused the value that was refused
     * @return a value that differs from it by {@code equals}, or empty if there is none yet; empty at once where the
     *     source was asked a moment ago (a second, doubling to a minute while the version stays) or is failing
     * @throws SecretUnavailableException if the waiting thread is interrupted; the flag stays set
     * @throws IllegalStateException if this handle or its {@link Secrets} is closed
     */
    public Optional<T> rejected(T refused) {
        var now = shown;
        if (now.refusal == Refusal.CLOSED) {
            throw refusal(now);
        }
        Optional<T> newer = newerThan(refused);
        if (newer.isPresent() || keeper == null) {
            return newer;
        }
        CompletableFuture<Void> next = nextShown();
        Flight flight = keeper.challenge();
        if (flight != null) {
            live().awaitNewer(keeper, flight, next, () -> shown.sequence);
        }
        return newerThan(refused);
    }

    private CompletableFuture<Void> nextShown() {
        keeper().lock().lock();
        try {
            CompletableFuture<Void> next = nextShown;
            if (next == null || next.isDone()) {
                next = new CompletableFuture<>();
                nextShown = next;
            }
            return next;
        } finally {
            keeper().lock().unlock();
        }
    }

    private Optional<T> newerThan(T refused) {
        T value = shown.value;
        return value == null || value.equals(refused) ? Optional.empty() : Optional.of(value);
    }

    /**
     * Tells a consumer the value now and after every rotation.
     *
     * <p>The value at hand is delivered on the calling thread before this method returns; what the consumer throws
     * then reaches the caller, and nothing is subscribed. If there is no value at hand, the first comes later. Later
     * deliveries come on threads of the library (or the builder's executor), one at a time for this consumer; it may
     * miss versions that were replaced meanwhile, but the latest always arrives and none comes twice or after a newer
     * one. What the consumer throws then is logged once, by its class, and dropped. A consumer that blocks holds up
     * nobody but itself.
     *
     * @param consumer is told each value
     * @return stops the deliveries when closed; one that began may still finish
     * @throws IllegalStateException if this handle or its {@link Secrets} is closed
     */
    public Subscription subscribe(Consumer<? super T> consumer) {
        Objects.requireNonNull(consumer, "consumer");
        var now = shown;
        if (now.refusal == Refusal.CLOSED) {
            throw refusal(now);
        }
        if (engine == null) {
            consumer.accept(get());
            return Subscription.NONE;
        }
        var follower = new Follower<T>(engine, id(), this, consumer);
        followers.add(follower);
        try {
            follower.first();
        } catch (Throwable e) {
            // Application code, which may throw what it does not declare: nothing is subscribed, whatever it was.
            follower.close();
            throw e;
        }
        if (shown.refusal == Refusal.CLOSED) {
            follower.close();
        }
        return follower;
    }

    /**
     * Returns how the secret stands, without its value.
     *
     * @return the state; STALE also when the view fails on the newest version
     */
    public SecretStatus status() {
        if (keeper == null) {
            return new SecretStatus(
                    SecretId.of("constant", "value"), SecretStatus.State.FRESH, false, Duration.ZERO, null, 0);
        }
        SecretStatus status = keeper.status();
        SecretException failing = viewProblem;
        boolean masked = failing != null && status.state() == SecretStatus.State.FRESH;
        return masked
                ? new SecretStatus(
                        status.id(),
                        shown.value == null ? SecretStatus.State.WITHDRAWN : SecretStatus.State.STALE,
                        status.rotates(),
                        status.age(),
                        failing,
                        status.reads())
                : status;
    }

    /** Stops the deliveries and lets go of the secret; {@link #get()} refuses from now on. Closing twice is harmless. */
    @Override
    public void close() {
        if (keeper != null && engine != null && end()) {
            keeper.release(this);
            engine.closed(keeper.id());
        }
    }

    // ---- what the keeper says ------------------------------------------------------------------------------------

    /** The end of the time for which a previous value is kept. */
    private final class Forgetting extends Timed {

        @Override
        void fire(long now) {
            keeper().lock().lock();
            try {
                Held<T> held = shown.held;
                if (held != null) {
                    shown = new Shown<>(shown.sequence, held.value(), held.withoutPrevious(), shown.refusal);
                }
            } finally {
                keeper().lock().unlock();
            }
        }
    }

    /** The keeper has a new snapshot. On any thread, the timer's included. */
    void changed() {
        Snapshot now = keeper().current();
        if (now.secret() == null) {
            refuse(now);
            return;
        }
        keeper().lock().lock();
        try {
            limit();
        } finally {
            keeper().lock().unlock();
        }
        mailbox().signal();
    }

    private void refuse(Snapshot now) {
        boolean unused = install(new Shown<>(now.sequence(), null, null, Refusal.BY_KEEPER));
    }

    /** No more deliveries, no more values. False if it was ended before. */
    private boolean end() {
        boolean first = install(new Shown<>(Long.MAX_VALUE, null, null, Refusal.CLOSED));
        made = null;
        followers.clear();
        return first;
    }

    /**
     * Makes the first value on the calling thread.
     *
     * @throws SecretException if the view fails, or the content was withdrawn meanwhile
     */
    void first() {
        render();
        var now = shown;
        if (now.value == null) {
            throw refusal(now);
        }
        mailbox().end();
    }

    /** Lets renderings begin without a first value. */
    void later() {
        mailbox().end();
        changed();
    }

    /** Lets go without a word: it never was a handle of the application's. */
    void discard() {
        boolean unused = end();
        keeper().release(this);
    }

    private void render() {
        Snapshot now = keeper().current();
        Secret secret = now.secret();
        if (secret == null || shown.refusal == Refusal.CLOSED) {
            refuse(now);
            return;
        }
        Made<T> latest = made;
        if (latest == null || latest.of != secret) {
            latest = new Made<>(secret, make(secret));
            made = latest;
        }
        Held<T> held = latest.held;
        if (held != null && install(new Shown<>(now.sequence(), held.value(), held, Refusal.NONE))) {
            if (forgetting != null) {
                live().agenda().set(forgetting, live().nanos() + Plan.nanos(keeper().policy().keepPrevious()));
            }
            for (Follower<T> follower : followers) {
                follower.signal();
            }
        }
        if (shown.refusal == Refusal.CLOSED) {
            made = null;
        }
    }

    /** Runs the view, once per version. Null if it failed, which is noted. */
    private @Nullable Held<T> make(Secret secret) {
        try {
            T value = Objects.requireNonNull(view).of(secret.narrowedTo(Objects.requireNonNull(ref)));
            T previous = forgetting == null ? null : shown.value;
            var expiresAt = secret.expiresAt().orElse(null);
            return new Held<>(Objects.requireNonNull(value), secret.version(), expiresAt, previous, ++renderings);
        } catch (SecretException e) {
            fails(e);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // Application code. Its message may hold the value, so only the class is told, and no cause.
            fails(new SecretFormatException(
                    secret.id(),
                    "does not fit its view, which threw " + e.getClass().getName(),
                    "see whether the secret has the shape that the view expects"));
        }
        return null;
    }

    private void fails(SecretException failure) {
        boolean news;
        keeper().lock().lock();
        try {
            news = viewProblem == null && shown.value != null;
            viewProblem = failure;
        } finally {
            keeper().lock().unlock();
        }
        wakeWaiters();
        if (news) {
            live().events().emit(new SecretEvent.RefreshFailed(id(), live().now(), failure));
        }
    }

    /** Shows something newer; false if what is shown is newer already. */
    private boolean install(Shown<T> next) {
        boolean recovered = false;
        keeper().lock().lock();
        try {
            if (shown.sequence >= next.sequence) {
                return false;
            }
            if (next.value != null) {
                recovered = viewProblem != null && shown.value != null;
                viewProblem = null;
            }
            shown = next;
            stopLimit();
            limit();
        } finally {
            keeper().lock().unlock();
        }
        wakeWaiters();
        if (recovered) {
            live().events().emit(new SecretEvent.Recovered(id(), live().now()));
        }
        return true;
    }

    // ---- a value that is no longer the newest --------------------------------------------------------------------

    /**
     * Refuses the value shown if none was made of a newer content within maxStale of its replacement, be it that the
     * view fails, hangs or waits for a thread.
     */
    private final class LeftBehind extends Timed {

        @Override
        void fire(long now) {
            SecretException reason;
            keeper().lock().lock();
            try {
                if (leftBehind != this) {
                    return;
                }
                leftBehind = null;
                reason = viewProblem != null ? viewProblem : noAnswer();
                viewProblem = reason;
                shown = new Shown<>(shown.sequence, null, null, Refusal.BY_KEEPER);
            } finally {
                keeper().lock().unlock();
            }
            live().events().emit(new SecretEvent.Withdrawn(id(), live().now(), reason));
        }

        private SecretException noAnswer() {
            return new SecretUnavailableException(
                    id(),
                    "was replaced " + keeper().policy().maxStale() + " ago and its view has not returned since",
                    "see what the view waits for");
        }
    }

    /** Sees to it that an outdated value is not shown for ever. Under the keeper's lock. */
    private void limit() {
        boolean outdated = shown.value != null && shown.sequence < keeper().current().sequence();
        if (outdated && leftBehind == null) {
            leftBehind = new LeftBehind();
            live().agenda().set(leftBehind, live().nanos() + Plan.nanos(keeper().policy().maxStale()));
        }
    }

    private void stopLimit() {
        if (leftBehind != null) {
            live().agenda().cancel(leftBehind);
            leftBehind = null;
        }
    }

    private void wakeWaiters() {
        CompletableFuture<Void> waiting = nextShown;
        if (waiting != null) {
            waiting.complete(null);
        }
    }

    @Nullable Held<T> heldNow() {
        return shown.held;
    }

    void forget(Follower<T> follower) {
        followers.remove(follower);
    }

    SecretId id() {
        return keeper().id();
    }

    private RuntimeException refusal(Shown<T> now) {
        if (now.refusal == Refusal.CLOSED) {
            live().checkOpen();
            return new IllegalStateException("this handle on " + id() + " is closed");
        }
        SecretException withdrawn = keeper().current().refusal();
        SecretException reason = withdrawn != null ? withdrawn : viewProblem;
        return reason != null
                ? reason.again()
                : new SecretUnavailableException(id(), "has no value yet", "wait for its first fetch to end");
    }

    private Keeper keeper() {
        return Objects.requireNonNull(keeper);
    }

    private Engine live() {
        return Objects.requireNonNull(engine);
    }

    private Mailbox mailbox() {
        return Objects.requireNonNull(mailbox);
    }

    @Override
    public String toString() {
        return "LiveSecret[" + (keeper == null ? "constant" : keeper.id()) + "]";
    }
}
