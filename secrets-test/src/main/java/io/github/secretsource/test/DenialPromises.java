package io.github.secretsource.test;

import io.github.secretsource.SecretAccessException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a source says of secrets that its credentials may not read. */
abstract class DenialPromises extends Promises {

    DenialPromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("a denied secret is Access, never NotFound and never Unavailable")
    void deniedIsAccess() {
        put(ONE, "first");
        contract.deny(ONE);

        assertRefused(SecretAccessException.class, ONE);
    }

    @Test
    @DisplayName("a secret denied after it was read is Access, not what was read")
    void deniedLaterIsAccess() {
        put(ONE, "first");
        assertHolds("first", fetch(ONE));

        contract.deny(ONE);

        assertRefused(SecretAccessException.class, ONE);
    }

    @Test
    @DisplayName("a denial stays Access when the fetch logs in anew")
    void deniedAfterAFreshLogin() {
        put(ONE, "first");
        contract.deny(ONE);

        assertRefused(
                SecretAccessException.class,
                id(ONE),
                () -> fetch(id(ONE), FetchCall.usual().loggingIn()));
    }

    @Test
    @DisplayName("a secret that is allowed again is answered at the next fetch that logs in anew")
    void allowedAgain() {
        put(ONE, "first");
        contract.deny(ONE);
        assertRefused(SecretAccessException.class, ONE);

        contract.recover(ONE);

        assertHolds("first", fetch(id(ONE), FetchCall.usual().loggingIn()));
    }
}
