package io.github.secretsource.test;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/**
 * The test that every source passes. A subclass says how to make the source and how to change what its store holds; the
 * tests are here, and their names are the specification.
 *
 * <pre>{@code
 * class RedisSourceTest extends SecretSourceContract {
 *     private final RedisServer redis = RedisServer.start();
 *
 *     @Override protected SecretSource source() { return RedisSource.of(redis.uri()); }
 *     @Override protected void put(String name, Map<String, String> fields) { redis.hset(name, fields); }
 *     @Override protected void remove(String name) { redis.del(name); }
 * }
 * }</pre>
 *
 * <p>Every method but {@link #source} and {@link #put} is an ability that a store, or the test's hold on it, may lack:
 * those not overridden skip the tests that need them, each with its reason. What a source can do is read from its
 * traits: versions, stages, batches, whether anything rotates; and from what it returns: a watch other than
 * {@link io.github.secretsource.Subscription#NONE}, a lease. A new instance is made for each test, which asks for one
 * source and uses names from {@link #NAMES}. Tests run in real time but for those under "Through Secrets".
 */
@Timeout(60)
public abstract class SecretSourceContract {

    /** All names that tests put secrets under, for a store that must know them beforehand; and the last, never put. */
    protected static final List<String> NAMES =
            List.of("kit-a", "kit-b", "kit-c", "kit-d", "kit-e", "kit-f", "kit-g", "kit-h", "kit-absent");

    /** For subclasses; what it needs, it makes in its fields or before each test. */
    protected SecretSourceContract() {}

    /**
     * Returns the source under test. Asked once per test, at any moment, also after {@link #put}, {@link #deny} or
     * {@link #fail}: it changes nothing in the store, which is made in a field or before each test.
     *
     * @return a source that is not started; closed by the test
     */
    protected abstract SecretSource source();

    /**
     * Makes the fields the current content of a secret, new or not. All of them are there when this returns, and never
     * a part.
     *
     * @param name one of {@link #NAMES}
     * @param fields name to value; one field, {@code value}, if {@link #holdsFields} says no
     */
    protected abstract void put(String name, Map<String, String> fields);

    /**
     * Returns how references name a secret.
     *
     * @param name one of {@link #NAMES}
     * @return its id, by default of a source {@code store} with the name as the path
     */
    protected SecretId id(String name) {
        return SecretId.of("store", name);
    }

    /**
     * Returns whether a secret is named fields rather than one value.
     *
     * @return true unless overridden
     */
    protected boolean holdsFields() {
        return true;
    }

    /**
     * Returns whether the store can hold a value of no bytes.
     *
     * @return true unless overridden
     */
    protected boolean holdsEmptyValues() {
        return true;
    }

    /**
     * Makes bytes that are no text the current content of a secret: as its one value or as its only field.
     *
     * @param name one of {@link #NAMES}
     * @param value any bytes
     */
    protected void putBytes(String name, byte[] value) {
        cannot("hold bytes that are no text");
    }

    /**
     * Adds content that a stage points at; the current content stays.
     *
     * @param name of a secret that was put
     * @param stage name of the stage
     * @param fields as for {@link #put}
     */
    protected void putStage(String name, String stage, Map<String, String> fields) {
        cannot("let a stage point at content");
    }

    /**
     * Removes a secret.
     *
     * @param name of a secret that was put
     */
    protected void remove(String name) {
        cannot("remove a secret");
    }

    /**
     * Denies a secret, or the whole store, to the source, until {@link #recover}.
     *
     * @param name of a secret that was put
     */
    protected void deny(String name) {
        cannot("deny a secret");
    }

    /**
     * Makes a secret, or the whole store, unavailable until {@link #recover}.
     *
     * @param name of a secret that was put
     */
    protected void fail(String name) {
        cannot("make a secret unavailable");
    }

    /**
     * Throttles a secret, or the whole store, until {@link #recover}.
     *
     * @param name of a secret that was put
     * @param retryAfter how long the store asks to wait
     */
    protected void throttle(String name, Duration retryAfter) {
        cannot("throttle a secret");
    }

    /**
     * Lets calls for a secret, or to the whole store, hang until {@link #recover} or the end of the test.
     *
     * @param name of a secret that was put
     */
    protected void hang(String name) {
        cannot("make a call hang");
    }

    /**
     * Breaks the content of a secret, so that the store answers something that is no secret of this source. It stays
     * so for the rest of the test.
     *
     * @param name of a secret that was put
     */
    protected void corrupt(String name) {
        cannot("break the content of a secret");
    }

    /**
     * Ends what {@link #deny}, {@link #fail}, {@link #throttle} or {@link #hang} began.
     *
     * @param name given to one of them
     */
    protected void recover(String name) {
        cannot("recover from trouble");
    }

    /**
     * Makes the store lease a secret from now on, a new lease for each fetch.
     *
     * @param name of a secret that was put
     * @param ttl how long a lease lasts
     */
    protected void lease(String name, Duration ttl) {
        cannot("lease a secret");
    }

    /**
     * Returns the time within which a watch tells of a change.
     *
     * @return five seconds unless overridden
     */
    protected Duration hintBound() {
        return Duration.ofSeconds(5);
    }

    /**
     * Skips the running test, for a store that lacks an ability in certain cases only.
     *
     * @param what the store cannot do, such as {@code hold a value of 64 KiB}
     */
    protected static void cannot(String what) {
        Assumptions.abort("not applicable: this store, or the test's hold on it, cannot " + what);
    }

    @Nested
    @DisplayName("Reading")
    class Reading extends ReadingPromises {
        Reading() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("What does not exist")
    class Absence extends AbsencePromises {
        Absence() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Denial")
    class Denial extends DenialPromises {
        Denial() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Outage and deadlines")
    class Outage extends OutagePromises {
        Outage() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Versions and stages")
    class Versions extends VersionPromises {
        Versions() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Watching")
    class Watching extends WatchPromises {
        Watching() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Batches")
    class Batches extends BatchPromises {
        Batches() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Leases")
    class Leases extends LeasePromises {
        Leases() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Concurrency")
    class Concurrency extends ConcurrencyPromises {
        Concurrency() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Leaks")
    class Leaks extends LeakPromises {
        Leaks() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Through Secrets")
    class ThroughSecrets extends EnginePromises {
        ThroughSecrets() {
            super(SecretSourceContract.this);
        }
    }

    @Nested
    @DisplayName("Closing")
    class Closing extends ClosingPromises {
        Closing() {
            super(SecretSourceContract.this);
        }
    }
}
