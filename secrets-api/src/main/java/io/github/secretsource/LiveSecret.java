package io.github.secretsource;

import io.github.secretsource.Showing.Refusal;
import io.github.secretsource.Showing.Shown;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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

    private static final SecretId CONSTANT = SecretId.of("constant", "value");

    /** Null for a constant. */
    private final @Nullable Showing<T> showing;

    /** Written by {@code showing} under the keeper's lock, sequence strictly growing. */
    volatile Shown<T> shown;

    LiveSecret(Engine engine, Keeper keeper, SecretRef ref, SecretView<T> view) {
        this.shown = Shown.nothing(-1, Refusal.BY_KEEPER);
        this.showing = new Showing<>(this, engine, keeper, new Rendering<>(ref, view));
    }

    private LiveSecret(T value) {
        this.shown = new Shown<>(0, value, new Held<>(value, "constant", null, null, 0), Refusal.NONE);
        this.showing = null;
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
        T value = now.value();
        if (value == null) {
            throw showing().refusal(now);
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
        Held<T> held = now.held();
        if (held == null) {
            throw showing().refusal(now);
        }
        return held;
    }

    /**
     * Says that a server refused the value and returns a newer one: the one held, if it differs already, else what a
     * refresh within the deadline brings. Calls that come together share one refresh. For a leased secret that is a new
     * lease, and there is one for this in ten seconds at most.
     *
     * @param refused the value that was refused
     * @return a value that differs from it by {@code equals}, or empty if there is none yet; empty at once where the
     *     source was asked a moment ago (a second, doubling to a minute while the version stays) or is failing
     * @throws SecretUnavailableException if the waiting thread is interrupted; the flag stays set
     * @throws IllegalStateException if this handle or its {@link Secrets} is closed
     */
    public Optional<T> rejected(T refused) {
        var now = shown;
        if (now.refusal() == Refusal.CLOSED) {
            throw showing().refusal(now);
        }
        Optional<T> newer = newerThan(refused);
        if (newer.isPresent() || showing == null) {
            return newer;
        }
        showing.challenge();
        now = shown;
        if (now.refusal() == Refusal.CLOSED) {
            throw showing.refusal(now);
        }
        return newerThan(refused);
    }

    private Optional<T> newerThan(T refused) {
        T value = shown.value();
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
        if (now.refusal() == Refusal.CLOSED) {
            throw showing().refusal(now);
        }
        if (showing == null) {
            consumer.accept(get());
            return Subscription.NONE;
        }
        return showing.subscribe(consumer);
    }

    /**
     * Returns how the secret stands, without its value.
     *
     * @return the state; STALE also when the view fails on the newest version
     */
    public SecretStatus status() {
        return showing != null
                ? showing.status()
                : new SecretStatus(CONSTANT, SecretStatus.State.FRESH, false, Duration.ZERO, null, 0, null);
    }

    /**
     * Stops the deliveries and lets go of the secret; {@link #get()} refuses from now on. A delivery that began may still
     * finish. Closing twice is harmless.
     */
    @Override
    public void close() {
        if (showing != null && showing.end()) {
            showing.engine().closed(showing.keeper().id());
        }
    }

    /** Lets go without a word: it never was a handle of the application's. */
    void discard() {
        boolean unused = showing().end();
    }

    Showing<T> showing() {
        return Objects.requireNonNull(showing);
    }

    @Override
    public String toString() {
        return "LiveSecret[" + (showing == null ? "constant" : showing.keeper().id()) + "]";
    }
}
