package io.github.secretsource.micrometer;

import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretEventListener;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretRef;
import io.github.secretsource.Secrets;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Measures secrets: what their sources do, as it listens to events, and how they stand, of those that are bound.
 *
 * <pre>{@code
 * SecretsMetrics metrics = SecretsMetrics.builder(registry)
 *         .alias("orders-db", "vault:database/creds/orders")
 *         .build();
 * Secrets secrets = Secrets.builder().source("vault", vault).listener(metrics).build();
 * metrics.bind(secrets);
 * }</pre>
 *
 * <p>The only tags are {@code source}, the name before the colon of references, and {@code alias}, a name given here.
 * Secrets without an alias are measured together, source by source, as alias {@code none}: there are as many series as
 * sources and aliases, and no path, version or value is among them. The meters are listed in {@code docs/metrics.md};
 * those of an alias are there at once, those of alias {@code none} from the first event of the source on.
 *
 * <p>One instance serves all {@link Secrets} of a registry: the gauges of a second one would be taken already. Gauges
 * read NaN while nothing is bound and after everything bound is closed. Safe for concurrent use.
 */
public final class SecretsMetrics implements SecretEventListener {

    private final MeterRegistry registry;
    private final Map<SecretId, String> aliases;
    private final Board board;
    private final Map<Group, Meters> meters = new ConcurrentHashMap<>();

    private SecretsMetrics(Builder builder) {
        registry = builder.registry;
        aliases = Map.copyOf(builder.aliases);
        board = new Board(registry.config().clock(), this::group);
        aliases.keySet().forEach(id -> meters(group(id)));
    }

    /**
     * Returns metrics without aliases.
     *
     * @param registry where the meters go
     * @return a listener that nothing is bound to yet
     */
    public static SecretsMetrics of(MeterRegistry registry) {
        return builder(registry).build();
    }

    /**
     * Returns a builder without aliases.
     *
     * @param registry where the meters go
     * @return a new builder
     */
    public static Builder builder(MeterRegistry registry) {
        return new Builder(Objects.requireNonNull(registry, "registry"));
    }

    /**
     * Lets the gauges show these secrets too, a second from now at the latest, until they are closed.
     *
     * @param secrets built with this as a {@linkplain Secrets.Builder#listener listener}
     */
    public void bind(Secrets secrets) {
        board.bind(Objects.requireNonNull(secrets, "secrets"));
    }

    @Override
    public void onEvent(SecretEvent event) {
        Meters its = meters(group(event.id()));
        if (event instanceof SecretEvent.Fetched fetched) {
            its.fetched(fetched.took(), fetched.problem().isPresent());
        } else if (event instanceof SecretEvent.Rotated) {
            its.rotated();
        }
    }

    private Group group(SecretId id) {
        return new Group(id.source(), aliases.getOrDefault(id, Group.NO_ALIAS));
    }

    private Meters meters(Group group) {
        return meters.computeIfAbsent(group, wanted -> new Meters(registry, wanted, board));
    }

    @Override
    public String toString() {
        return "SecretsMetrics[aliases=" + aliases.size() + "]";
    }

    /** Sets up {@link SecretsMetrics}. Not safe for concurrent use. */
    public static final class Builder {

        private final MeterRegistry registry;
        private final Map<SecretId, String> aliases = new LinkedHashMap<>();

        private Builder(MeterRegistry registry) {
            this.registry = registry;
        }

        /**
         * Measures a secret on its own, under a name that may be seen by everybody who sees metrics. Secrets of one
         * source that have the same alias are measured together.
         *
         * @param name the value of the tag {@code alias}; not {@code none}
         * @param ref such as {@code vault:database/creds/orders}; all fields of a secret have one alias, so that a field
         *     makes no difference
         * @return this builder
         * @throws IllegalArgumentException if the name is blank or {@code none}, or the secret has another alias
         * @throws io.github.secretsource.InvalidSecretRefException if the reference is malformed
         */
        public Builder alias(String name, String ref) {
            if (name.isBlank() || name.equals(Group.NO_ALIAS)) {
                throw new IllegalArgumentException("alias must not be blank nor 'none': '" + name + "'");
            }
            SecretId id = SecretRef.parse(ref).id();
            String known = aliases.putIfAbsent(id, name);
            if (known != null && !known.equals(name)) {
                throw new IllegalArgumentException(
                        "alias '" + name + "' is one too many: " + id + " has the alias '" + known + "'");
            }
            return this;
        }

        /**
         * Returns the metrics and registers the meters of the aliases.
         *
         * @return a listener that nothing is bound to yet
         */
        public SecretsMetrics build() {
            return new SecretsMetrics(this);
        }
    }
}
