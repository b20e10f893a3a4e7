package io.github.secretsource.test;

import io.github.secretsource.SecretNotFoundException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a source says of secrets that are not there. */
abstract class AbsencePromises extends Promises {

    AbsencePromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("a missing secret is NotFound, never empty and never Unavailable")
    void missingIsNotFound() {
        put(ONE, "first");

        assertRefused(SecretNotFoundException.class, ABSENT);
    }

    @Test
    @DisplayName("a missing secret is NotFound in a store that holds nothing at all")
    void missingIsNotFoundInAnEmptyStore() {
        assertRefused(SecretNotFoundException.class, ABSENT);
    }

    @Test
    @DisplayName("a missing secret is NotFound also for a fetch that knows a version or logs in anew")
    void missingIsNotFoundWhateverIsKnown() {
        var call = FetchCall.usual().loggingIn().knowing("1");

        assertRefused(SecretNotFoundException.class, id(ABSENT), () -> fetch(id(ABSENT), call));
    }

    @Test
    @DisplayName("a missing secret takes nothing from its neighbours")
    void neighboursStay() {
        put(ONE, "first");
        assertRefused(SecretNotFoundException.class, ABSENT);

        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("a removed secret is NotFound at the next fetch")
    void removedIsNotFound() {
        put(ONE, "first");
        put(OTHER, "second");
        assertHolds("first", fetch(ONE));

        contract.remove(ONE);

        assertRefused(SecretNotFoundException.class, ONE);
        assertHolds("second", fetch(OTHER));
    }

    @Test
    @DisplayName("a secret put again after its removal is found at the next fetch")
    void recreatedIsFound() {
        put(ONE, "first");
        fetch(ONE);
        contract.remove(ONE);
        assertRefused(SecretNotFoundException.class, ONE);

        put(ONE, "second");

        assertHolds("second", fetch(ONE));
    }

    @Test
    @DisplayName("a secret asked for before it exists is found once it does")
    void lateIsFound() {
        assumeRotation();
        assertRefused(SecretNotFoundException.class, ONE);

        put(ONE, "first");

        assertHolds("first", fetch(ONE));
    }
}
