package io.github.secretsource.source;

import io.github.secretsource.source.Failures.MovesOn;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Makes one source out of others.
 *
 * <pre>{@code
 * SecretSources.firstOf(EnvironmentVariables.create(), vault);    // a variable overrides what Vault holds
 * SecretSources.failover(east, west);                             // west answers while east cannot
 * SecretSources.mapped(vault, path -> "prod/" + path);            // app/db is prod/app/db in Vault
 * }</pre>
 *
 * <p>What a member answers passes through unchanged, with its version, dates and lease ({@link SecretData}). Errors
 * carry the caller's id and name the member by its position and class. All members share the time of the one call. Each
 * is started, warmed up and closed once, even if it stands in several places; whoever owns the combination owns them.
 *
 * <p>Of the {@link SourceTraits} a combination has what every member has: selectors, parameters, path rules, the
 * smallest batch and fewest permits, the longest hint gap. The policy is the first member's. Nothing rotates if nothing
 * does in any member; answers never go back in time if no member's do, save with {@link #failover}, whose members may
 * lag behind each other.
 *
 * <p>Stateless; what it makes is safe for concurrent use.
 */
public final class SecretSources {

    private SecretSources() {}

    /**
     * Returns a source that asks the next member only after one has said that it does not have the secret. A member
     * that is down, denies or answers with something malformed ends the search: its answer is the outcome, so that an
     * outage never lets another value shine through.
     *
     * @param members in the order in which they are asked, at least one
     * @return the combination
     */
    public static SecretSource firstOf(SecretSource... members) {
        return new Chain(members(members), MovesOn.AFTER_NOT_FOUND);
    }

    /**
     * Returns a source that asks the next member after one could not answer or did not have the secret. The secret is
     * not found only if every member says so; if one could not answer and no other has it, it is unavailable. A member
     * that denies or answers with something malformed ends the search.
     *
     * @param members in the order in which they are asked, at least one
     * @return the combination
     */
    public static SecretSource failover(SecretSource... members) {
        return new Chain(members(members), MovesOn.AFTER_UNAVAILABLE);
    }

    /**
     * Returns a source that asks another one for a different path. Version, stage and parameters stay.
     *
     * @param source the source to ask
     * @param path makes its path out of the caller's; a pure function
     * @return the combination
     */
    public static SecretSource mapped(SecretSource source, Function<String, String> path) {
        return new Mapped(Objects.requireNonNull(source, "source"), Objects.requireNonNull(path, "path"));
    }

    /** Combines sources that have names of their own, in the order of the map. */
    static SecretSource named(Map<String, SecretSource> sources, MovesOn movesOn) {
        var members = new ArrayList<Member>();
        sources.forEach((name, source) -> members.add(new Member(members.size() + 1, name, source)));
        return new Chain(members, movesOn);
    }

    private static List<Member> members(SecretSource[] sources) {
        if (sources.length == 0) {
            throw new IllegalArgumentException("a combination needs at least one member");
        }
        var members = new ArrayList<Member>();
        for (SecretSource source : sources) {
            Objects.requireNonNull(source, "member");
            members.add(new Member(members.size() + 1, Member.nameOf(source), source));
        }
        return members;
    }
}
