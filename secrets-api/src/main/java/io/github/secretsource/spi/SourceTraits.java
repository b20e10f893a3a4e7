package io.github.secretsource.spi;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretId;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a source can do and how the engine is to treat it. Immutable and safe for concurrent use.
 *
 * <p>The {@link #defaults()} suit a remote store: the current version only, no batches, 32 calls at once, hints at most
 * once a second, refresh every five minutes, paths neither begin nor end with a slash.
 */
public final class SourceTraits {

    private static final SourceTraits DEFAULTS = new SourceTraits(new Settings(
            Set.of(SecretId.Selector.CURRENT), Set.of(), 1, 32, Duration.ofSeconds(1), RefreshPolicy.unset(), null, 0));

    private static final int NEVER_ROTATES = 1;
    private static final int LINEARIZABLE = 2;
    private static final int LEADING_SLASH = 4;
    private static final int TRAILING_SLASH = 8;

    private record Settings(
            Set<SecretId.Selector> selectors,
            Set<String> parameters,
            int batchSize,
            int permits,
            Duration hintGap,
            RefreshPolicy policy,
            @Nullable Function<SecretId, Optional<String>> pathRule,
            int flags) {

        Settings withSelectors(Set<SecretId.Selector> selectors) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withParameters(Set<String> parameters) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withBatchSize(int batchSize) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withPermits(int permits) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withHintGap(Duration hintGap) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withPolicy(RefreshPolicy policy) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withPathRule(Function<SecretId, Optional<String>> pathRule) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }

        Settings withFlags(int flags) {
            return new Settings(selectors, parameters, batchSize, permits, hintGap, policy, pathRule, flags);
        }
    }

    private final Settings settings;

    private SourceTraits(Settings settings) {
        this.settings = settings;
    }

    /**
     * Returns the traits of a plain remote store.
     *
     * @return the defaults
     */
    public static SourceTraits defaults() {
        return DEFAULTS;
    }

    /**
     * Returns the same traits with the selectors understood besides {@link SecretId.Selector#CURRENT}.
     *
     * @param more selectors that {@link SecretSource#fetch} honours
     * @return new traits
     */
    public SourceTraits withSelectors(SecretId.Selector... more) {
        var all = EnumSet.of(SecretId.Selector.CURRENT, more);
        return new SourceTraits(settings.withSelectors(Set.copyOf(all)));
    }

    /**
     * Returns the same traits with the further parameters that references to this source may carry.
     *
     * @param names of the parameters; any other is an error
     * @return new traits
     */
    public SourceTraits withParameters(String... names) {
        return new SourceTraits(settings.withParameters(Set.of(names)));
    }

    /**
     * Returns the same traits with the number of secrets that {@link SecretSource#fetchAll} takes at once.
     *
     * @param size at least 1; 1 means no batches
     * @return new traits
     */
    public SourceTraits withBatchSize(int size) {
        return new SourceTraits(settings.withBatchSize(within(size, 1, 10_000, "batchSize")));
    }

    /**
     * Returns the same traits with the number of calls that may run at once.
     *
     * @param permits 1 to 128
     * @return new traits
     */
    public SourceTraits withPermits(int permits) {
        return new SourceTraits(settings.withPermits(within(permits, 1, 128, "permits")));
    }

    /**
     * Returns the same traits with the shortest time between two fetches that hints of one secret cause. The first
     * hint is followed at once.
     *
     * @param gap positive; 50 ms suits local stores
     * @return new traits
     */
    public SourceTraits withHintGap(Duration gap) {
        if (gap.isNegative() || gap.isZero()) {
            throw new IllegalArgumentException("hintGap must be positive: " + gap);
        }
        return new SourceTraits(settings.withHintGap(gap));
    }

    /**
     * Returns the same traits with the policy that suits this source. What it leaves unset stays as the application's
     * global policy says; what the application sets for this source or a secret wins.
     *
     * @param policy settings, see {@link RefreshPolicy#unset()}
     * @return new traits
     */
    public SourceTraits withPolicy(RefreshPolicy policy) {
        return new SourceTraits(settings.withPolicy(Objects.requireNonNull(policy, "policy")));
    }

    /**
     * Returns the same traits with this source's own rule for ids, checked before any input or output.
     *
     * @param rule returns what is wrong with an id, such as "name must be a DNS label", or empty if nothing is
     * @return new traits
     */
    public SourceTraits withPathRule(Function<SecretId, Optional<String>> rule) {
        return new SourceTraits(settings.withPathRule(Objects.requireNonNull(rule, "rule")));
    }

    /**
     * Returns the same traits for a store whose secrets cannot change while the process runs.
     *
     * @return new traits
     */
    public SourceTraits neverRotating() {
        return flagged(NEVER_ROTATES);
    }

    /**
     * Returns the same traits for a store that never answers with something older than it answered before.
     *
     * @return new traits
     */
    public SourceTraits linearizable() {
        return flagged(LINEARIZABLE);
    }

    /**
     * Returns the same traits for a store whose paths may begin with a slash.
     *
     * @return new traits
     */
    public SourceTraits withLeadingSlash() {
        return flagged(LEADING_SLASH);
    }

    /**
     * Returns the same traits for a store whose paths may end with a slash.
     *
     * @return new traits
     */
    public SourceTraits withTrailingSlash() {
        return flagged(TRAILING_SLASH);
    }

    private SourceTraits flagged(int flag) {
        return new SourceTraits(settings.withFlags(settings.flags | flag));
    }

    private static int within(int number, int least, int most, String what) {
        if (number < least || number > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ": " + number);
        }
        return number;
    }

    /**
     * Returns the selectors understood.
     *
     * @return at least {@link SecretId.Selector#CURRENT}; unmodifiable
     */
    public Set<SecretId.Selector> selectors() {
        return settings.selectors;
    }

    /**
     * Returns the further parameters understood.
     *
     * @return parameter names; unmodifiable
     */
    public Set<String> parameters() {
        return settings.parameters;
    }

    /**
     * Returns how many secrets one batch call takes.
     *
     * @return at least 1; 1 means no batches
     */
    public int batchSize() {
        return settings.batchSize;
    }

    /**
     * Returns how many calls may run at once.
     *
     * @return 1 to 128
     */
    public int permits() {
        return settings.permits;
    }

    /**
     * Returns the shortest time between two fetches that hints cause.
     *
     * @return a positive duration
     */
    public Duration hintGap() {
        return settings.hintGap;
    }

    /**
     * Returns the policy that suits this source.
     *
     * @return settings, most of them unset
     */
    public RefreshPolicy policy() {
        return settings.policy;
    }

    /**
     * Returns what is wrong with an id by the rules of this source, without asking the store.
     *
     * @param id which secret
     * @return the rule it breaks, in words, or empty
     */
    public Optional<String> problemWith(SecretId id) {
        if (id.path().startsWith("/") && (settings.flags & LEADING_SLASH) == 0) {
            return Optional.of("its path must not begin with '/'");
        }
        if (id.path().endsWith("/") && (settings.flags & TRAILING_SLASH) == 0) {
            return Optional.of("its path must not end with '/'");
        }
        if (!settings.selectors.contains(id.selector())) {
            return Optional.of("this source has no " + id.selector().name().toLowerCase(Locale.ROOT));
        }
        for (String name : id.parameters().keySet()) {
            if (!settings.parameters.contains(name)) {
                return Optional.of("unknown parameter '" + name + "'; known: " + known());
            }
        }
        var rule = settings.pathRule;
        return rule == null ? Optional.empty() : rule.apply(id);
    }

    private String known() {
        var names = new TreeSet<>(settings.parameters);
        names.add("encoding");
        for (SecretId.Selector selector : settings.selectors) {
            if (selector != SecretId.Selector.CURRENT) {
                names.add(selector.name().toLowerCase(Locale.ROOT));
            }
        }
        return String.join(", ", names);
    }

    /**
     * Returns whether nothing here can change while the process runs.
     *
     * @return whether {@link #neverRotating()} was said
     */
    public boolean neverRotates() {
        return (settings.flags & NEVER_ROTATES) != 0;
    }

    /**
     * Returns whether answers never go back in time.
     *
     * @return whether {@link #linearizable()} was said
     */
    public boolean isLinearizable() {
        return (settings.flags & LINEARIZABLE) != 0;
    }

    @Override
    public String toString() {
        return "SourceTraits[selectors=" + settings.selectors + ", batchSize=" + settings.batchSize + ", permits="
                + settings.permits + "]";
    }
}
