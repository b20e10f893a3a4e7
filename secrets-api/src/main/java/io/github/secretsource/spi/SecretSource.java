package io.github.secretsource.spi;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Outcome;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Subscription;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A place secrets are read from.
 *
 * <p>Implementations are safe for concurrent use. They never cache, never retry, make no threads and read no clock of
 * their own: time and threads come from {@link #start}. A lambda {@code (id, context) -> SecretData.of(…)} is a whole
 * source. The engine calls {@link #start} once before anything else and {@link #close} once, last.
 */
@FunctionalInterface
public interface SecretSource extends AutoCloseable {

    /**
     * Asks for the secret now, blocking until the store answers or {@link FetchContext#remaining()} is over. The engine
     * interrupts the thread at that deadline and no longer looks at what comes after.
     *
     * @param id which secret; already checked against {@link #traits()}
     * @param context how long there is, and what is known
     * @return what the store answered
     * @throws SecretNotFoundException if the store says it does not exist
     * @throws SecretAccessException if these credentials may not read it
     * @throws SecretUnavailableException if the store cannot answer now; anything else thrown counts as this
     * @throws SecretFormatException if the secret's own content is broken
     */
    SecretData fetch(SecretId id, FetchContext context);

    /**
     * Asks for several secrets in one go. The default answers none, which makes the engine fetch each singly. Called
     * where {@link SourceTraits#batchSize()} is more than one, for secrets asked for together and for refreshes that
     * are due at about the same time; never for a single read.
     *
     * @param ids which secrets, at most {@link SourceTraits#batchSize()}
     * @param context how long there is for all of them
     * @return an outcome per secret; a missing one is fetched singly and never counts as not found
     * @throws SecretUnavailableException if the whole call failed, for any of the ids; the engine then fetches singly, as
     *     after any other exception, and asks for no batch for a minute
     */
    default Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        return Map.of();
    }

    /**
     * Asks to be told when a secret may have changed. It is a hint only: the engine fetches and compares. Extra signals
     * are free, a lost one costs the time to the next poll. Called before the first fetch, so that nothing falls in
     * between. It returns soon: a local look is fine, a call over the wire is not. A source that polls, by
     * {@link SourceContext#every}, takes its baseline here or hints at its first look, so that no change is lost between
     * the two.
     *
     * @param id which secret
     * @param mayHaveChanged to run on any thread, any number of times; it returns at once and never throws
     * @return stops the signals when closed
     */
    default Subscription watch(SecretId id, Runnable mayHaveChanged) {
        return Subscription.NONE;
    }

    /**
     * Returns what this source can do. Asked once, after {@link #start}; constant from then on.
     *
     * @return the traits, {@link SourceTraits#defaults()} unless overridden
     */
    default SourceTraits traits() {
        return SourceTraits.defaults();
    }

    /**
     * Receives the name, time and threads to use. Returns at once: no input or output here.
     *
     * @param context valid until {@link #close}
     */
    default void start(SourceContext context) {}

    /**
     * Builds clients early, off the first caller's path, for an application that calls it; the engine does not. A
     * builder's {@code preload} has the same effect, and fetches.
     */
    default void warm() {}

    /**
     * Looks at what stands in the way of secrets, for people to read, and may ask the store for that.
     *
     * @param ids which secrets; already checked against {@link #traits()}
     * @return findings, each with its fix; empty if this source has no diagnosis
     */
    default List<Diagnosis> diagnose(Set<SecretId> ids) {
        return List.of();
    }

    /**
     * Returns the permissions needed for exactly these secrets, in the store's own language.
     *
     * @param ids which secrets
     * @return documents to hand to an administrator; empty if this source needs none
     */
    default List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return List.of();
    }

    /** Releases what this source made itself, never a client that was given to it. Blocks two seconds at most. */
    @Override
    default void close() {}
}
