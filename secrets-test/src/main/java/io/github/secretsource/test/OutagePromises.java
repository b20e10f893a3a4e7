package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretUnavailableException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a source does when its store is down, slow, throttling or talks nonsense. */
abstract class OutagePromises extends Promises {

    private static final Duration DEADLINE = Duration.ofMillis(300);
    private static final Duration GRACE = Duration.ofSeconds(1);

    OutagePromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("an outage is Unavailable, never NotFound and never Access")
    void outageIsUnavailable() {
        put(ONE, "first");
        contract.fail(ONE);

        assertRefused(SecretUnavailableException.class, ONE);
    }

    @Test
    @DisplayName("an outage is Unavailable also after a good answer: a source serves nothing from memory")
    void servesNothingFromMemory() {
        put(ONE, "first");
        assertHolds("first", fetch(ONE));

        contract.fail(ONE);

        assertRefused(SecretUnavailableException.class, ONE);
    }

    @Test
    @DisplayName("the first fetch after an outage is answered: a source does not remember failures")
    void recoversAtOnce() {
        put(ONE, "first");
        contract.fail(ONE);
        assertRefused(SecretUnavailableException.class, ONE);
        assertRefused(SecretUnavailableException.class, ONE);

        contract.recover(ONE);

        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("a source starts while its store is down: no input or output before the first fetch")
    void startsDuringAnOutage() {
        put(ONE, "first");
        contract.fail(ONE);

        source();

        assertRefused(SecretUnavailableException.class, ONE);
    }

    @Test
    @DisplayName("throttling is Unavailable and passes on how long the store asks to wait")
    void throttlingSaysHowLong() {
        put(ONE, "first");
        contract.throttle(ONE, Duration.ofSeconds(7));

        var refusal = assertRefused(SecretUnavailableException.class, ONE);

        assertEquals(Optional.of(Duration.ofSeconds(7)), refusal.retryAfter());
    }

    @Test
    @DisplayName("broken content is Format, never part of a secret and never an outage")
    void brokenContentIsFormat() {
        put(ONE, "first");
        contract.corrupt(ONE);

        assertRefused(SecretFormatException.class, ONE);
    }

    @Test
    @DisplayName("a call that hangs ends at its deadline, or when interrupted there, as Unavailable")
    void keepsTheDeadline() throws InterruptedException {
        put(ONE, "first");
        source();
        contract.hang(ONE);
        var call = FetchCall.within(DEADLINE);

        var hanging = RunningFetch.start(() -> fetch(id(ONE), call));

        assertTrue(hanging.endsBy(call, GRACE), "it still runs " + GRACE + " after its deadline, interrupted");
        assertRefused(SecretUnavailableException.class, id(ONE), hanging::result);
    }

    @Test
    @DisplayName("a call that hangs ends early when interrupted")
    void honoursInterrupts() throws InterruptedException {
        put(ONE, "first");
        source();
        contract.hang(ONE);

        var hanging = RunningFetch.start(() -> fetch(id(ONE), FetchCall.usual()));
        pause(DEADLINE);
        hanging.interrupt();

        assertTrue(hanging.endsWithin(GRACE), "it still runs " + GRACE + " after the interrupt");
        assertRefused(SecretUnavailableException.class, id(ONE), hanging::result);
    }

    @Test
    @DisplayName("an interrupted call spoils no other: the same secret is answered once its store does")
    void interruptsPoisonNobody() throws InterruptedException {
        put(ONE, "first");
        source();
        contract.hang(ONE);
        var call = FetchCall.within(DEADLINE);
        assertTrue(RunningFetch.start(() -> fetch(id(ONE), call)).endsBy(call, GRACE));

        contract.recover(ONE);

        assertHolds("first", fetch(ONE));
    }
}
