package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.spi.SecretData;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several secrets in one call. Leaving one out is always right: the engine fetches it singly. */
abstract class BatchPromises extends Promises {

    BatchPromises(SecretSourceContract contract) {
        super(contract);
    }

    @BeforeEach
    void assumeBatches() {
        assumeTrue(source().traits().batchSize() > 1, "not applicable: this source has no batches");
    }

    @Test
    @DisplayName("a batch answers at least one of its secrets, each as a single fetch does")
    void answersAsSingleFetchesDo() {
        put(ONE, "first");
        put(OTHER, "second");

        var outcomes = fetchAll(ONE, OTHER);

        assertTrue(!outcomes.isEmpty(), "a batch of two answers nothing");
        outcomes.forEach((id, outcome) -> {
            SecretData single = fetch(id, FetchCall.usual());
            assertTrue(outcome.get().sameContent(single), id + " differs from a single fetch");
            assertEquals(single.version(), outcome.get().version(), id + " has another version");
        });
    }

    @Test
    @DisplayName("a batch as large as the source allows is taken, and every secret that exists is found or left out")
    void takesAFullBatch() {
        List<String> names = SecretSourceContract.NAMES.stream()
                .filter(name -> !name.equals(ABSENT))
                .limit(source().traits().batchSize())
                .toList();
        names.forEach(name -> put(name, "content of " + name));

        var outcomes = fetchAll(names.toArray(String[]::new));

        for (String name : names) {
            Outcome<SecretData> outcome = outcomes.get(id(name));
            if (outcome != null) {
                assertHolds("content of " + name, outcome.get());
            }
        }
    }

    @Test
    @DisplayName("a missing secret in a batch is NotFound or left out, and the others are unharmed")
    void missingIsNotFoundOrLeftOut() {
        put(ONE, "first");

        var outcomes = fetchAll(ONE, ABSENT);

        assertProblem(SecretNotFoundException.class, ABSENT, outcomes);
        assertHoldsOrLeftOut("first", ONE, outcomes);
    }

    @Test
    @DisplayName("a denied secret in a batch is Access or left out, never NotFound, and the others are unharmed")
    void deniedIsAccessOrLeftOut() {
        put(ONE, "first");
        put(OTHER, "second");
        contract.deny(OTHER);

        var outcomes = fetchAllOrRefused(SecretAccessException.class, ONE, OTHER);

        assertProblem(SecretAccessException.class, OTHER, outcomes);
        assertHoldsOrLeftOut("first", ONE, outcomes);
    }

    @Test
    @DisplayName("an outage in a batch is Unavailable or left out, never NotFound")
    void outageIsUnavailableOrLeftOut() {
        put(ONE, "first");
        put(OTHER, "second");
        contract.fail(OTHER);

        var outcomes = fetchAllOrRefused(SecretUnavailableException.class, ONE, OTHER);

        assertProblem(SecretUnavailableException.class, OTHER, outcomes);
        outcomes.values()
                .forEach(outcome -> outcome.problem()
                        .ifPresent(problem -> assertEquals(SecretUnavailableException.class, problem.getClass())));
    }

    @Test
    @DisplayName("a batch of secrets of which none exists answers NotFound or nothing")
    void allMissing() {
        assertProblem(SecretNotFoundException.class, ABSENT, fetchAll(ABSENT));
    }

    @Test
    @DisplayName("an old content is itself or left out in a batch, never the current one")
    void selectorsCountInBatches() {
        assumeTrue(
                source().traits().selectors().contains(SecretId.Selector.PREVIOUS),
                "not applicable: this source has no previous content");
        put(ONE, "first");
        rotate(ONE, "second");
        SecretId previous = id(ONE).atPrevious();

        Outcome<SecretData> outcome = ask(Set.of(id(ONE), previous)).get(previous);

        if (outcome != null) {
            assertHolds("first", outcome.get());
        }
    }

    private Map<SecretId, Outcome<SecretData>> fetchAll(String... names) {
        var ids = new LinkedHashSet<SecretId>();
        for (String name : names) {
            ids.add(id(name));
        }
        return ask(ids);
    }

    private Map<SecretId, Outcome<SecretData>> ask(Set<SecretId> ids) {
        var outcomes = source().fetchAll(ids, FetchCall.usual());
        assertNotNull(outcomes, "fetchAll returned null");
        assertTrue(ids.containsAll(outcomes.keySet()), "it answers what was not asked for");
        outcomes.forEach((id, outcome) -> {
            assertNotNull(outcome, "no outcome for " + id);
            outcome.problem().ifPresent(problem -> assertClean(id, problem));
        });
        return outcomes;
    }

    /** The whole call may fail for the reason of one secret: then the engine asks singly. */
    private Map<SecretId, Outcome<SecretData>> fetchAllOrRefused(
            Class<? extends SecretException> kind, String... names) {
        try {
            return fetchAll(names);
        } catch (SecretException e) {
            assertEquals(kind, e.getClass(), "the whole batch was refused in another way");
            return Map.of();
        }
    }

    private void assertProblem(
            Class<? extends SecretException> kind, String name, Map<SecretId, Outcome<SecretData>> outcomes) {
        Outcome<SecretData> outcome = outcomes.get(id(name));
        if (outcome != null) {
            assertTrue(outcome.problem().isPresent(), id(name) + " was answered");
            assertEquals(kind, outcome.problem().orElseThrow().getClass(), id(name) + " was refused in another way");
        }
    }

    private void assertHoldsOrLeftOut(String seed, String name, Map<SecretId, Outcome<SecretData>> outcomes) {
        Outcome<SecretData> outcome = outcomes.get(id(name));
        if (outcome != null) {
            assertHolds(seed, outcome.get());
        }
    }
}
