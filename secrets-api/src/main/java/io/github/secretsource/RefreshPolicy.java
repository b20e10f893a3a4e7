package io.github.secretsource;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When to look again and how old an answer may be.
 *
 * <p>Settings may be left unset; the layer below then decides. The layers, weakest first: {@link #defaults()}, the
 * global policy of the builder, the source's own traits, the policy given with the source, the policy of one secret.
 * Immutable and safe for concurrent use.
 */
public final class RefreshPolicy {

    /** The durations, each with its default. */
    private enum Span {
        REFRESH_AFTER(Duration.ofMinutes(5)),
        MAX_STALE(Duration.ofHours(1)),
        FETCH_DEADLINE(Duration.ofSeconds(3)),
        WAIT_DEADLINE(Duration.ofSeconds(3)),
        NOT_FOUND_TTL(Duration.ofSeconds(10)),
        DENIED_TTL(Duration.ofSeconds(30)),
        KEEP_PREVIOUS(Duration.ZERO);

        private final Duration standard;

        Span(Duration standard) {
            this.standard = standard;
        }
    }

    private static final RefreshPolicy UNSET = new RefreshPolicy(new EnumMap<>(Span.class), null);
    private static final RefreshPolicy DEFAULTS = standard();

    /** What happens to the last good value when its secret is confirmed to be gone or denied. */
    public enum WhenGone {
        /** It is withdrawn: reads are refused. */
        WITHDRAW,
        /** It is served until it is older than {@link RefreshPolicy#maxStale()}. */
        KEEP_UNTIL_MAX_STALE
    }

    private final EnumMap<Span, Duration> spans;
    private final @Nullable WhenGone whenGone;

    private RefreshPolicy(EnumMap<Span, Duration> spans, @Nullable WhenGone whenGone) {
        this.spans = spans;
        this.whenGone = whenGone;
    }

    private static RefreshPolicy standard() {
        var spans = new EnumMap<Span, Duration>(Span.class);
        for (Span span : Span.values()) {
            spans.put(span, span.standard);
        }
        return new RefreshPolicy(spans, WhenGone.WITHDRAW);
    }

    /**
     * Returns the defaults of remote sources: look again after 5 minutes, serve at most 1 hour after the last success,
     * 3 s per fetch, 3 s per wait, not-found remembered 10 s, denied 30 s, withdraw when gone, previous values not
     * kept.
     *
     * @return a policy with every setting set
     */
    public static RefreshPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Returns a policy with nothing set, to build on where a layer below is to decide the rest.
     *
     * @return an empty policy
     */
    public static RefreshPolicy unset() {
        return UNSET;
    }

    /**
     * Returns the same policy with the age at which to look again.
     *
     * @param age positive
     * @return a new policy
     */
    public RefreshPolicy withRefreshAfter(Duration age) {
        return with(Span.REFRESH_AFTER, positive(age, "refreshAfter"));
    }

    /**
     * Returns the same policy with the age at which the last good value is refused.
     *
     * @param age since the last successful fetch began; positive; checked against refreshAfter when the policies of
     *     all layers are known
     * @return a new policy
     */
    public RefreshPolicy withMaxStale(Duration age) {
        return with(Span.MAX_STALE, positive(age, "maxStale"));
    }

    /**
     * Returns the same policy with the longest time for one call to the source.
     *
     * @param longest positive
     * @return a new policy
     */
    public RefreshPolicy withFetchDeadline(Duration longest) {
        return with(Span.FETCH_DEADLINE, positive(longest, "fetchDeadline"));
    }

    /**
     * Returns the same policy with the longest time a caller waits for a value.
     *
     * @param longest positive
     * @return a new policy
     */
    public RefreshPolicy withWaitDeadline(Duration longest) {
        return with(Span.WAIT_DEADLINE, positive(longest, "waitDeadline"));
    }

    /**
     * Returns the same policy with how long "not found" is remembered.
     *
     * @param ttl positive
     * @return a new policy
     */
    public RefreshPolicy withNotFoundTtl(Duration ttl) {
        return with(Span.NOT_FOUND_TTL, positive(ttl, "notFoundTtl"));
    }

    /**
     * Returns the same policy with how long "denied" is remembered.
     *
     * @param ttl positive
     * @return a new policy
     */
    public RefreshPolicy withDeniedTtl(Duration ttl) {
        return with(Span.DENIED_TTL, positive(ttl, "deniedTtl"));
    }

    /**
     * Returns the same policy with what happens to the last good value of a secret that is gone.
     *
     * @param choice what to do
     * @return a new policy
     */
    public RefreshPolicy withWhenGone(WhenGone choice) {
        return new RefreshPolicy(spans, Objects.requireNonNull(choice, "whenGone"));
    }

    /**
     * Returns the same policy with how long a handle keeps the value before the present one, for signers and verifiers
     * that need both.
     *
     * @param span not negative; zero keeps none
     * @return a new policy
     */
    public RefreshPolicy withKeepPrevious(Duration span) {
        if (span.isNegative()) {
            throw new IllegalArgumentException("keepPrevious must not be negative: " + span);
        }
        return with(Span.KEEP_PREVIOUS, span);
    }

    private static Duration positive(Duration given, String what) {
        if (given.isNegative() || given.isZero()) {
            throw new IllegalArgumentException(what + " must be positive: " + given);
        }
        return given;
    }

    /** This policy with one duration changed; the caller has checked it. */
    private RefreshPolicy with(Span span, Duration duration) {
        var changed = new EnumMap<>(spans);
        changed.put(span, duration);
        return new RefreshPolicy(changed, whenGone);
    }

    /** This policy where it is set, the other where it is not. */
    RefreshPolicy over(RefreshPolicy below) {
        var merged = new EnumMap<>(below.spans);
        merged.putAll(spans);
        return new RefreshPolicy(merged, whenGone != null ? whenGone : below.whenGone);
    }

    /** This policy, of all layers, if its spans fit together. */
    RefreshPolicy checked(String whose) {
        if (refreshAfter().compareTo(maxStale()) > 0) {
            throw new IllegalArgumentException(whose + ": refreshAfter must not be longer than maxStale: "
                    + refreshAfter() + " against " + maxStale());
        }
        return this;
    }

    private Duration span(Span span) {
        return spans.getOrDefault(span, span.standard);
    }

    /**
     * Returns the age at which to look again.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration refreshAfter() {
        return span(Span.REFRESH_AFTER);
    }

    /**
     * Returns the age at which the last good value is refused.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration maxStale() {
        return span(Span.MAX_STALE);
    }

    /**
     * Returns the longest time for one call to the source.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration fetchDeadline() {
        return span(Span.FETCH_DEADLINE);
    }

    /**
     * Returns the longest time a caller waits for a value.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration waitDeadline() {
        return span(Span.WAIT_DEADLINE);
    }

    /**
     * Returns how long "not found" is remembered.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration notFoundTtl() {
        return span(Span.NOT_FOUND_TTL);
    }

    /**
     * Returns how long "denied" is remembered.
     *
     * @return the setting, or the default if it is unset
     */
    public Duration deniedTtl() {
        return span(Span.DENIED_TTL);
    }

    /**
     * Returns what happens to the last good value of a secret that is gone.
     *
     * @return the setting, or the default if it is unset
     */
    public WhenGone whenGone() {
        return whenGone != null ? whenGone : WhenGone.WITHDRAW;
    }

    /**
     * Returns how long the value before the present one is kept.
     *
     * @return the setting, zero if it is unset
     */
    public Duration keepPrevious() {
        return span(Span.KEEP_PREVIOUS);
    }

    @Override
    public String toString() {
        return "RefreshPolicy[refreshAfter=" + refreshAfter() + ", maxStale=" + maxStale() + ", fetchDeadline="
                + fetchDeadline() + ", waitDeadline=" + waitDeadline() + ", notFoundTtl=" + notFoundTtl()
                + ", deniedTtl=" + deniedTtl() + ", whenGone=" + whenGone() + ", keepPrevious=" + keepPrevious() + "]";
    }
}
