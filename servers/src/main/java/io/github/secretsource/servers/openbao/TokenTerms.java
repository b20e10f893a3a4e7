package io.github.secretsource.servers.openbao;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What tokens may do and for how long; a duration of zero leaves it to the server.
 *
 * @param policies their names; every token has {@code default} too
 * @param ttl until the first renewal
 * @param maxTtl the end, however often renewed
 * @param period if longer than zero, renewed for ever, by this much each time
 * @param batch whether the tokens are batch tokens, which have no accessor and cannot be renewed or revoked
 */
public record TokenTerms(List<String> policies, Duration ttl, Duration maxTtl, Duration period, boolean batch) {

    /** Copies the list. */
    public TokenTerms {
        policies = List.copyOf(policies);
    }

    /**
     * Returns terms that leave all durations to the server.
     *
     * @param policies their names
     * @return terms of service tokens
     */
    public static TokenTerms of(String... policies) {
        return new TokenTerms(List.of(policies), Duration.ZERO, Duration.ZERO, Duration.ZERO, false);
    }

    /**
     * Returns terms with another time to live.
     *
     * @param duration whole seconds
     * @return other terms
     */
    public TokenTerms withTtl(Duration duration) {
        return new TokenTerms(policies, duration, maxTtl, period, batch);
    }

    /**
     * Returns terms with another end.
     *
     * @param duration whole seconds
     * @return other terms
     */
    public TokenTerms withMaxTtl(Duration duration) {
        return new TokenTerms(policies, ttl, duration, period, batch);
    }

    /**
     * Returns terms with another period.
     *
     * @param duration whole seconds
     * @return other terms
     */
    public TokenTerms withPeriod(Duration duration) {
        return new TokenTerms(policies, ttl, maxTtl, duration, batch);
    }

    /**
     * Returns terms of batch tokens.
     *
     * @return other terms
     */
    public TokenTerms inBatch() {
        return new TokenTerms(policies, ttl, maxTtl, period, true);
    }

    JsonObject ofToken() {
        // Without a policy a token would have those of its parent, which is the root.
        return members("", "explicit_max_ttl", policies.isEmpty() ? List.of("default") : policies, "service");
    }

    /** With more members, for the role of a login; what is not set replaces what was. */
    JsonObject ofRole(Object... namesAndValues) {
        var all = new LinkedHashMap<String, Object>(members("token_", "token_max_ttl", policies, "default"));
        all.putAll(Bodies.of(namesAndValues));
        return Json.createObjectBuilder(all).build();
    }

    private JsonObject members(String prefix, String nameOfMaxTtl, List<String> names, String type) {
        return Bodies.of(
                prefix + "policies",
                names,
                prefix + "ttl",
                ttl,
                nameOfMaxTtl,
                maxTtl,
                prefix + "period",
                period,
                prefix + "type",
                batch ? "batch" : type);
    }
}
