package io.github.secretsource.config;

import io.github.secretsource.RefreshPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a {@link RefreshPolicy} out of settings, for all sources or for one. Stateless. */
final class PolicySettings {

    /** The durations, each by its name in configuration: {@code REFRESH_AFTER} is {@code refresh-after}. */
    private enum Span {
        REFRESH_AFTER,
        MAX_STALE,
        FETCH_DEADLINE,
        WAIT_DEADLINE,
        NOT_FOUND_TTL,
        DENIED_TTL,
        KEEP_PREVIOUS;

        private String key() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        private RefreshPolicy set(RefreshPolicy policy, Duration duration) {
            return switch (this) {
                case REFRESH_AFTER -> policy.withRefreshAfter(duration);
                case MAX_STALE -> policy.withMaxStale(duration);
                case FETCH_DEADLINE -> policy.withFetchDeadline(duration);
                case WAIT_DEADLINE -> policy.withWaitDeadline(duration);
                case NOT_FOUND_TTL -> policy.withNotFoundTtl(duration);
                case DENIED_TTL -> policy.withDeniedTtl(duration);
                case KEEP_PREVIOUS -> policy.withKeepPrevious(duration);
            };
        }
    }

    private static final String WHEN_GONE = "when-gone";
    private static final List<String> NAMES = names();

    private PolicySettings() {}

    /** Returns the names of all settings of a policy. */
    static List<String> known() {
        return NAMES;
    }

    private static List<String> names() {
        var names = new ArrayList<String>();
        for (Span span : Span.values()) {
            names.add(span.key());
        }
        names.add(WHEN_GONE);
        return List.copyOf(names);
    }

    /**
     * Returns the policy of one layer. Whether spans of different layers fit together is known only when the source has
     * told its traits; here only those of the same layer are compared.
     */
    static RefreshPolicy read(String prefix, Map<String, String> settings, ConfigProblems problems) {
        var spans = new EnumMap<Span, Duration>(Span.class);
        RefreshPolicy policy = RefreshPolicy.unset();
        for (Span span : Span.values()) {
            String text = settings.get(span.key());
            if (text != null) {
                read(prefix, span, text, spans, problems);
            }
        }
        for (var entry : spans.entrySet()) {
            policy = entry.getKey().set(policy, entry.getValue());
        }
        compare(prefix, spans, problems);
        return withWhenGone(policy, prefix, settings, problems);
    }

    private static void read(
            String prefix, Span span, String text, Map<Span, Duration> spans, ConfigProblems problems) {
        var configured = new ConfigText(prefix + span.key(), text);
        try {
            Duration duration = configured.duration();
            if (duration.isZero() && span != Span.KEEP_PREVIOUS) {
                problems.add(configured.toString(), "must be positive: " + configured.echo());
            } else {
                spans.put(span, duration);
            }
        } catch (IllegalArgumentException e) {
            problems.add(e);
        }
    }

    private static void compare(String prefix, Map<Span, Duration> spans, ConfigProblems problems) {
        Duration refreshAfter = spans.get(Span.REFRESH_AFTER);
        Duration maxStale = spans.get(Span.MAX_STALE);
        if (refreshAfter != null && maxStale != null && refreshAfter.compareTo(maxStale) > 0) {
            problems.add(
                    prefix + Span.REFRESH_AFTER.key(),
                    "must not be longer than " + Span.MAX_STALE.key() + ": " + refreshAfter + " against " + maxStale);
        }
    }

    private static RefreshPolicy withWhenGone(
            RefreshPolicy policy, String prefix, Map<String, String> settings, ConfigProblems problems) {
        String text = settings.get(WHEN_GONE);
        if (text == null) {
            return policy;
        }
        try {
            return policy.withWhenGone(
                    new ConfigText(prefix + WHEN_GONE, text).choice(RefreshPolicy.WhenGone.values()));
        } catch (IllegalArgumentException e) {
            problems.add(e);
            return policy;
        }
    }
}
