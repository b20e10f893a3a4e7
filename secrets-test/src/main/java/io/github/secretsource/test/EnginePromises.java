package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Outcome;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.Secret;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an application sees of the source, through the real engine, in fake time. */
abstract class EnginePromises extends Promises {

    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final Duration STEP = Duration.ofMillis(500);
    private static final int MOST_STEPS = 1_000;

    private final FakeTime time = FakeTime.advancingItself();
    private @Nullable Secrets opened;

    EnginePromises(SecretSourceContract contract) {
        super(contract);
    }

    @AfterEach
    void closeSecrets() {
        if (opened != null) {
            opened.close();
        }
    }

    private Secrets secrets() {
        Secrets ready = opened;
        if (ready == null) {
            ready = Secrets.builder()
                    .time(time)
                    .source(
                            id(ONE).source(),
                            contract.source(),
                            RefreshPolicy.unset().withRefreshAfter(REFRESH))
                    .build();
            opened = ready;
        }
        return ready;
    }

    @Test
    @DisplayName("an application reads the secret, whole and by field")
    void readsTheSecret() {
        put(ONE, "first");

        assertEquals(content("first"), texts(secrets().secret(id(ONE).toString())));
        String field = contract.holdsFields() ? id(ONE) + "#password" : id(ONE).toString();
        assertEquals("first", secrets().get(field).reveal());
    }

    @Test
    @DisplayName("an optional secret that is missing is empty, and NotFound where it is not optional")
    void findsNothing() {
        put(ONE, "first");

        assertEquals(Optional.empty(), secrets().find(id(ABSENT).toString()));
        assertRefused(
                SecretNotFoundException.class,
                id(ABSENT),
                () -> secrets().get(id(ABSENT).toString()));
    }

    @Test
    @DisplayName("a denied secret is refused as Access, also where it is optional")
    void deniesTheSecret() {
        put(ONE, "first");
        contract.deny(ONE);

        assertRefused(SecretAccessException.class, id(ONE), () -> secrets().find(id(ONE).toString()));
    }

    @Test
    @DisplayName("a rotation reaches the handle and its subscriber, once and whole")
    void rotationReachesTheSubscriber() {
        put(ONE, "first");
        LiveSecret<Map<String, String>> handle = live();
        List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
        handle.subscribe(seen::add);
        assumeRotationOf(handle);

        put(ONE, "second");

        soon("the new value", () -> handle.get().equals(content("second")));
        soon("its delivery", () -> seen.size() > 1);
        assertEquals(List.of(content("first"), content("second")), seen);
    }

    @Test
    @DisplayName("the last good value is served while the source is down, and fresh again afterwards")
    void servesTheLastGoodValue() {
        put(ONE, "first");
        LiveSecret<Map<String, String>> handle = live();
        assumeRotationOf(handle);

        contract.fail(ONE);
        soon("that it is stale", () -> handle.status().state() == State.STALE);
        assertEquals(content("first"), handle.get());
        assertTrue(handle.status().problem().orElseThrow() instanceof SecretUnavailableException);

        contract.recover(ONE);
        soon("that it is fresh", () -> handle.status().state() == State.FRESH);
        assertEquals(content("first"), handle.get());
    }

    @Test
    @DisplayName("a removed secret is withdrawn once that is confirmed, and comes back when it is put again")
    void withdrawsWhatIsGone() {
        put(ONE, "first");
        LiveSecret<Map<String, String>> handle = live();
        assumeRotationOf(handle);

        contract.remove(ONE);
        soon("the withdrawal", () -> handle.status().state() == State.WITHDRAWN);
        assertRefused(SecretNotFoundException.class, id(ONE), handle::get);

        put(ONE, "second");
        soon("the new secret", () -> handle.status().state() == State.FRESH);
        soon("its value", () -> content("second").equals(valueOf(handle)));
    }

    @Test
    @DisplayName("many secrets at once come each with its own outcome")
    void getsManyAtOnce() {
        put(ONE, "first");
        put(OTHER, "second");
        String field = contract.holdsFields() ? "#password" : "";

        var batch = secrets().getAll(List.of(id(ONE) + field, id(OTHER) + field, id(ABSENT) + field));

        assertEquals("first", value(batch.outcomes().get(id(ONE) + field)));
        assertEquals("second", value(batch.outcomes().get(id(OTHER) + field)));
        assertEquals(List.of(id(ABSENT) + field), List.copyOf(batch.problems().keySet()));
    }

    private static String value(@Nullable Outcome<SecretValue> outcome) {
        return outcome == null ? "none" : outcome.get().reveal();
    }

    private LiveSecret<Map<String, String>> live() {
        return secrets().live(id(ONE).toString(), this::texts);
    }

    private void assumeRotationOf(LiveSecret<?> handle) {
        assumeTrue(handle.status().rotates(), "not applicable: nothing here rotates while the process runs");
    }

    private Map<String, String> texts(Secret secret) {
        var texts = new TreeMap<String, String>();
        if (contract.holdsFields()) {
            secret.fieldNames()
                    .forEach(name -> texts.put(name, secret.field(name).reveal()));
        } else {
            texts.put("value", secret.value().reveal());
        }
        return texts;
    }

    private static @Nullable Map<String, String> valueOf(LiveSecret<Map<String, String>> handle) {
        try {
            return handle.get();
        } catch (SecretException e) {
            return null; // Withdrawn still, or again.
        }
    }

    /** Lets fake time pass, and a little real time for stores whose events come when they come. */
    private void soon(String what, BooleanSupplier condition) {
        for (int step = 0; !condition.getAsBoolean(); step++) {
            if (step == MOST_STEPS) {
                fail("an application waits in vain for " + what);
            }
            pause(Duration.ofMillis(2));
            time.advance(STEP);
        }
    }
}
