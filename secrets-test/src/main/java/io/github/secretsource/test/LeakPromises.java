package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.SecretData;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Whatever a source does, no value is in what it logs, prints, throws or says of itself. */
abstract class LeakPromises extends Promises {

    private final Canary canary = Canary.next();
    private final Overheard overheard = Overheard.begin();

    LeakPromises(SecretSourceContract contract) {
        super(contract);
    }

    @BeforeEach
    void putTheCanary() {
        put(ONE, canary.value());
    }

    @AfterEach
    void listenNoMore() {
        overheard.close();
    }

    @Test
    @DisplayName("a read leaves no trace of the value: in logs, on the console, in names of threads")
    void readsLeaveNoTrace() {
        assertHolds(canary.value(), fetch(ONE));

        assertNothingLeaked();
    }

    @Test
    @DisplayName("nothing prints the value of itself: source, traits, data, versions, findings, permissions")
    void nothingPrintsIt() {
        SecretData data = fetch(ONE);
        overheard.note(source());
        overheard.note(source().traits());
        overheard.note(data);
        overheard.note(data.version() + " " + data.lineage() + " " + data.contentType());
        data.lease().ifPresent(lease -> overheard.note(lease.id() + " " + lease));
        overheard.note(source().diagnose(Set.of(id(ONE))));
        overheard.note(source().leastPrivilege(Set.of(id(ONE))));

        assertNothingLeaked();
    }

    @Test
    @DisplayName("a rotation that is watched leaves no trace of the old value or the new")
    void watchesLeaveNoTrace() {
        assumeRotation();
        Subscription watch = source().watch(id(ONE), () -> {});
        fetch(ONE);
        Canary next = Canary.next();

        put(ONE, next.value());
        assertHolds(next.value(), fetch(ONE));
        watch.close();

        assertNothingLeaked();
        assertEquals(Optional.empty(), next.findIn(overheard.text()), "the new value leaked");
    }

    @Test
    @DisplayName("what is said of a missing secret holds no value of its neighbours")
    void missingSecretsTellNothing() {
        fetch(ONE);

        assertRefusalTellsNothing(id(ABSENT));
    }

    @Test
    @DisplayName("what is said of a missing version, stage or previous content holds no value")
    void missingVersionsTellNothing() {
        fetch(ONE);
        for (SecretId id : Set.of(id(ONE).atVersion("999999"), id(ONE).atStage("nowhere"), id(ONE).atPrevious())) {
            if (source().traits().problemWith(id).isEmpty()) {
                assertRefusalTellsNothing(id);
            }
        }

        assertNothingLeaked();
    }

    @Test
    @DisplayName("what is said of a denied secret holds no value")
    void deniedSecretsTellNothing() {
        fetch(ONE);
        contract.deny(ONE);

        assertRefusalTellsNothing(id(ONE));
    }

    @Test
    @DisplayName("what is said of an outage holds no value")
    void outagesTellNothing() {
        fetch(ONE);
        contract.fail(ONE);

        assertRefusalTellsNothing(id(ONE));
    }

    @Test
    @DisplayName("what is said of broken content holds none of it")
    void brokenContentTellsNothing() {
        fetch(ONE);
        contract.corrupt(ONE);

        assertRefusalTellsNothing(id(ONE));
    }

    private void assertRefusalTellsNothing(SecretId id) {
        Throwable refusal = thrownBy(() -> fetch(id, FetchCall.usual()));
        assertNotNull(refusal, id + " was answered instead of refused");
        overheard.noteThrown(refusal);

        assertNothingLeaked();
    }

    private void assertNothingLeaked() {
        overheard.noteThreads();

        assertEquals(Optional.empty(), canary.findIn(overheard.text()), "the value leaked");
    }
}
