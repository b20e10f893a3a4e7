package io.github.secretsource;

import io.github.secretsource.config.Configuration;
import io.github.secretsource.config.EnvironmentConfig;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The one door to secrets: fetches them by reference, keeps them fresh, tells whoever holds one when it rotates, and
 * never prints one.
 *
 * <pre>{@code
 * try (Secrets secrets = Secrets.builder()
 *         .source("file", MountedVolumes.builder().mount("db", Path.of("/etc/secrets/db")).build())
 *         .build()) {
 *     String password = secrets.get("file:db#password").reveal();
 * }
 * }</pre>
 *
 * <p>Safe for concurrent use; one instance serves a whole application. A read of a value in memory does no input or
 * output and waits for nobody. A first read waits for its source, at most {@link RefreshPolicy#waitDeadline()}; callers
 * that come together share one call. Threads are daemons and start when first needed, so that a program that reads one
 * secret and returns from main ends.
 *
 * <p>Every method that takes references throws {@link InvalidSecretRefException} for a malformed one or an unknown
 * source before anything is fetched, {@link SecretException} when a secret cannot be had, and
 * {@link IllegalStateException} after {@link #close()}, also for callers that wait at that moment. An interrupted wait
 * ends with {@link SecretUnavailableException} and the interrupt flag set; other waiters notice nothing.
 */
public final class Secrets implements AutoCloseable {

    private final Engine engine;
    private final @Nullable String purpose;

    private Secrets(Engine engine, @Nullable String purpose) {
        this.engine = engine;
        this.purpose = purpose;
    }

    /**
     * Returns a builder without sources.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns secrets set up by configuration alone: {@code builder().config(config).build()}.
     *
     * @param config keys as documented in {@code docs/configuration.md}
     * @return a set-up to be closed by the caller
     * @throws IllegalArgumentException if anything is wrong with it: one exception lists all problems
     */
    public static Secrets fromConfig(Map<String, String> config) {
        return builder().config(config).build();
    }

    /**
     * Returns secrets set up by the environment: the properties file that {@code SECRETS_CONFIG} names, then
     * {@code SECRETS_*} variables, then {@code secrets.*} system properties, the later ones winning.
     *
     * @return a set-up to be closed by the caller
     * @throws IllegalArgumentException if anything is wrong with it: one exception lists all problems
     */
    public static Secrets fromEnvironment() {
        return fromConfig(EnvironmentConfig.read(Events::warnNow));
    }

    /**
     * Returns one value.
     *
     * @param ref such as {@code file:db#password}
     * @return the value, from memory if it is there
     * @throws SecretException if it cannot be had
     */
    public SecretValue get(String ref) {
        return get(engine.parse(ref));
    }

    /**
     * Returns one value.
     *
     * @param ref a parsed reference
     * @return the value, from memory if it is there
     * @throws SecretException if it cannot be had
     */
    public SecretValue get(SecretRef ref) {
        return ask(ref).value(ref);
    }

    /**
     * Returns one value, or empty if its source confirms that the secret does not exist. A missing field of a secret
     * that exists is an error all the same, as are a disabled or expired secret, denial and outage.
     *
     * @param ref such as {@code file:db#password}
     * @return the value, or empty
     * @throws SecretException if it cannot be had for another reason than that it does not exist
     */
    public Optional<SecretValue> find(String ref) {
        return find(engine.parse(ref));
    }

    /**
     * Returns one value, or empty if its source confirms that the secret does not exist.
     *
     * @param ref a parsed reference
     * @return the value, or empty
     * @throws SecretException if it cannot be had for another reason than that it does not exist
     */
    public Optional<SecretValue> find(SecretRef ref) {
        try {
            return Optional.of(get(ref));
        } catch (SecretNotFoundException e) {
            if (e.isAbsence()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Returns one snapshot: all fields of one version.
     *
     * @param ref a reference; with a field, the secret is narrowed to it
     * @return the secret, from memory if it is there
     * @throws SecretException if it cannot be had
     */
    public Secret secret(String ref) {
        SecretRef parsed = engine.parse(ref);
        return ask(parsed).narrowedTo(parsed);
    }

    /**
     * Returns one value whose fetch began no longer ago than {@code maxAge}, fetching again if need be. The only read
     * that looks at the clock.
     *
     * @param ref such as {@code file:db#password}
     * @param maxAge not negative
     * @return the value
     * @throws SecretException if the source does not answer in time, even though an older value is held
     */
    public SecretValue getWithin(String ref, Duration maxAge) {
        if (maxAge.isNegative()) {
            throw new IllegalArgumentException("maxAge must not be negative: " + maxAge);
        }
        SecretRef parsed = engine.parse(ref);
        try {
            return engine.reads().secretWithin(parsed.id(), maxAge).value(parsed);
        } catch (SecretAccessException e) {
            engine.denied(parsed.id(), purpose);
            throw e;
        }
    }

    /**
     * Returns a handle on one value that is kept current until closed.
     *
     * @param ref such as {@code file:db#password}
     * @return a handle that holds a value
     * @throws SecretException if there is no first value within the deadline; nothing is kept then
     */
    public LiveSecret<SecretValue> live(String ref) {
        return live(ref, PlainView.INSTANCE);
    }

    /**
     * Returns a handle on an application's own type, made anew from each version.
     *
     * @param ref such as {@code file:db}
     * @param view makes the value
     * @param <T> its type
     * @return a handle that holds a value
     * @throws SecretException if there is no first value within the deadline or the view fails on it; nothing is kept
     *     then
     */
    public <T> LiveSecret<T> live(String ref, SecretView<T> view) {
        SecretRef parsed = engine.parse(ref);
        try {
            return engine.live(parsed, Objects.requireNonNull(view, "view"), purpose);
        } catch (SecretAccessException e) {
            engine.denied(parsed.id(), purpose);
            throw e;
        }
    }

    private Secret ask(SecretRef ref) {
        try {
            return engine.reads().secret(ref.id());
        } catch (SecretAccessException e) {
            engine.denied(ref.id(), purpose);
            throw e;
        }
    }

    /**
     * Returns a handle at once, however long the source takes; its first value comes later. Until then
     * {@link LiveSecret#get()} throws {@link SecretUnavailableException}, or the reason the first fetch failed for.
     *
     * @param ref such as {@code file:db}
     * @param view makes the value
     * @param <T> its type
     * @return a handle that may hold no value yet
     * @throws SecretAccessException if the secret is not on the allow-list of its source
     */
    public <T> LiveSecret<T> liveLater(String ref, SecretView<T> view) {
        return engine.liveLater(engine.parse(ref), Objects.requireNonNull(view, "view"), purpose);
    }

    /**
     * Returns an outcome for each of many references, fetched at the same time and in batches where their source has
     * them, each within its wait deadline.
     *
     * @param refs references
     * @return the outcomes, in the order given
     * @throws InvalidSecretRefException if any is malformed: one exception lists all, and nothing is fetched
     */
    public SecretBatch getAll(Collection<String> refs) {
        return new Gathering(engine, refs, null).run();
    }

    /**
     * Returns an outcome for each of many references, fetched at the same time and in batches where their source has
     * them, within one deadline.
     *
     * @param refs references
     * @param atMost how long to wait in all; what did not come by then is unavailable; positive
     * @return the outcomes, in the order given
     * @throws InvalidSecretRefException if any is malformed: one exception lists all, and nothing is fetched
     */
    public SecretBatch getAll(Collection<String> refs, Duration atMost) {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("atMost must be positive: " + atMost);
        }
        return new Gathering(engine, refs, atMost).run();
    }

    /**
     * Returns how the secrets in use stand.
     *
     * @return one status per secret that is held or served from memory, ordered by id
     * @throws IllegalStateException after close
     */
    public List<SecretStatus> statuses() {
        return engine.statuses();
    }

    /**
     * Returns how the secrets in use stand as a whole.
     *
     * @return the health of this moment
     */
    public SecretsHealth health() {
        return engine.health();
    }

    /**
     * Looks at what stands in the way of secrets. Asks the sources, so it may take as long as they do.
     *
     * @param refs references
     * @return findings for people to read, each with its fix; none for a source without a diagnosis, nor for a secret
     *     that is not on the allow-list of its source
     */
    public List<Diagnosis> diagnose(Collection<String> refs) {
        var found = new ArrayList<Diagnosis>();
        idsBySource(new Gathering(engine, refs, null).allowedIds())
                .forEach((source, ids) -> found.addAll(engine.source(source).diagnose(ids)));
        return found;
    }

    /**
     * Returns the permissions needed for exactly the secrets in use, one document per source that has any.
     *
     * @return documents to hand to an administrator
     */
    public List<Permissions> leastPrivilege() {
        var inUse = engine.statuses().stream().map(SecretStatus::id).toList();
        var needed = new ArrayList<Permissions>();
        idsBySource(inUse)
                .forEach((source, ids) -> needed.addAll(engine.source(source).leastPrivilege(ids)));
        return needed;
    }

    private static Map<String, Set<SecretId>> idsBySource(Collection<SecretId> ids) {
        var grouped = new TreeMap<String, Set<SecretId>>();
        for (SecretId id : ids) {
            grouped.computeIfAbsent(id.source(), source -> new LinkedHashSet<>())
                    .add(id);
        }
        return grouped;
    }

    /**
     * Returns a view of the same secrets under which each handle opened, and each read or handle that is denied, is
     * told to listeners with a purpose; {@link #getAll} tells none. Closing the view closes the whole.
     *
     * @param newPurpose who asks and why, in a few words; appears in audit events only
     * @return the same secrets under that purpose
     */
    public Secrets withPurpose(String newPurpose) {
        return new Secrets(engine, Objects.requireNonNull(newPurpose, "purpose"));
    }

    /**
     * Closes handles, subscriptions and the sources given, within five seconds. Whoever waits gets
     * {@link IllegalStateException}. Callable from any thread, a consumer's included; closing twice is harmless.
     */
    @Override
    public void close() {
        engine.close();
    }

    @Override
    public String toString() {
        return "Secrets[" + engine + "]";
    }

    /**
     * Sets up {@link Secrets}. Not safe for concurrent use. {@link #build()} does not change it, but sources can be
     * used by one {@code Secrets} only, which closes them.
     */
    public static final class Builder {

        /** A source with its name and the policy given with it. */
        record Named(String name, SecretSource source, RefreshPolicy policy) {}

        final Map<String, Named> given = new LinkedHashMap<>();
        final Map<SecretId, RefreshPolicy> secretPolicies = new LinkedHashMap<>();
        final List<SecretEventListener> listeners = new ArrayList<>();
        RefreshPolicy policy = RefreshPolicy.unset();
        Timeline timeline = Timeline.system();

        @Nullable
        Executor executor;

        boolean countsReads;

        final Map<String, List<String>> allowed = new TreeMap<>();

        private final Map<String, String> config = new LinkedHashMap<>();
        private final List<String> preload = new ArrayList<>();

        private Builder() {}

        /**
         * Adds a source under a name.
         *
         * @param name the part of references before the colon: lower case letters, digits and dashes
         * @param source the source; closed by {@link Secrets#close()}
         * @return this builder
         */
        public Builder source(String name, SecretSource source) {
            return source(name, source, RefreshPolicy.unset());
        }

        /**
         * Adds a source under a name, with a policy for its secrets.
         *
         * @param name the part of references before the colon: lower case letters, digits and dashes
         * @param source the source; closed by {@link Secrets#close()}
         * @param sourcePolicy wins over the global policy and the source's own
         * @return this builder
         * @throws IllegalArgumentException if the name is malformed or taken
         */
        public Builder source(String name, SecretSource source, RefreshPolicy sourcePolicy) {
            SecretId.of(name, "check");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(sourcePolicy, "policy");
            if (given.putIfAbsent(name, new Named(name, source, sourcePolicy)) != null) {
                throw new IllegalArgumentException("source '" + name + "' was already given");
            }
            return this;
        }

        /**
         * Adds configuration: {@code secrets.source.<name>.kind} and the keys documented in
         * {@code docs/configuration.md}. Checked by {@link #build()}, all problems at once.
         *
         * @param more keys and values; a key given before is replaced
         * @return this builder
         */
        public Builder config(Map<String, String> more) {
            config.putAll(more);
            return this;
        }

        /**
         * Sets the policy of all secrets, where neither their source nor they themselves have another.
         *
         * @param global settings
         * @return this builder
         */
        public Builder policy(RefreshPolicy global) {
            policy = Objects.requireNonNull(global, "policy");
            return this;
        }

        /**
         * Sets the policy of one secret.
         *
         * @param id which secret
         * @param own settings that win over all others
         * @return this builder
         */
        public Builder policy(SecretId id, RefreshPolicy own) {
            secretPolicies.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(own, "policy"));
            return this;
        }

        /**
         * Names references to fetch when {@link #build()} is called, before anybody asks for them. Building does not
         * wait for them, and does not fail if they cannot be had.
         *
         * @param refs references; malformed ones make {@link #build()} throw
         * @return this builder
         */
        public Builder preload(Collection<String> refs) {
            preload.addAll(refs);
            return this;
        }

        /**
         * Limits a source to paths of certain patterns: any other is denied without asking the source. Sources without
         * patterns have no limit; several calls for one source add up.
         *
         * @param source the name of the source
         * @param patterns of paths, in which {@code *} stands for any run of characters, slashes included
         * @return this builder
         */
        public Builder allow(String source, String... patterns) {
            allowed.computeIfAbsent(source, name -> new ArrayList<>()).addAll(List.of(patterns));
            return this;
        }

        /**
         * Adds a listener for events.
         *
         * @param listener is told what happens
         * @return this builder
         */
        public Builder listener(SecretEventListener listener) {
            listeners.add(Objects.requireNonNull(listener, "listener"));
            return this;
        }

        /**
         * Counts reads from memory, for {@link SecretStatus#reads()}. Off unless called, since it makes a read more
         * than one look at memory.
         *
         * @return this builder
         */
        public Builder countReads() {
            countsReads = true;
            return this;
        }

        /**
         * Sets the time to live by, for tests.
         *
         * @param time real or fake
         * @return this builder
         */
        public Builder time(Timeline time) {
            timeline = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * Sets where later deliveries to consumers run, and nothing else. One that refuses a delivery, or has not begun
         * it within five seconds, is replaced by the library's own threads for that time.
         *
         * @param threads runs consumers
         * @return this builder
         */
        public Builder executor(Executor threads) {
            executor = Objects.requireNonNull(threads, "executor");
            return this;
        }

        /**
         * Makes the secrets. Nothing is fetched yet but what {@link #preload} names.
         *
         * @return a set-up to be closed by the caller
         * @throws IllegalArgumentException if anything is wrong with the configuration: one exception lists all
         *     problems
         */
        public Secrets build() {
            var engine = engine();
            try {
                new Gathering(engine, preload, null).launch();
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
            return new Secrets(engine, null);
        }

        /** Factories are looked for only where there is configuration: looking takes time at the start. */
        private Engine engine() {
            if (config.isEmpty()) {
                return new Engine(this, given.values(), policy, listeners);
            }
            Configuration read = Configuration.read(config, given.keySet(), Events::warnNow);
            var all = new LinkedHashMap<>(given);
            read.sources().forEach((name, source) -> all.put(name, new Named(name, source, read.policyOf(name))));
            return new Engine(this, all.values(), policy.over(read.policy()), read.with(listeners));
        }
    }
}
