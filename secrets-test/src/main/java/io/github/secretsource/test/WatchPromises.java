package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.secretsource.SecretException;
import io.github.secretsource.Subscription;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Hints that a secret may have changed. Extra ones are free everywhere, so nothing here counts them exactly. */
abstract class WatchPromises extends Promises {

    private static final Duration QUIET = Duration.ofMillis(300);

    private final AtomicInteger hints = new AtomicInteger();

    WatchPromises(SecretSourceContract contract) {
        super(contract);
    }

    @BeforeEach
    void assumeWatches() {
        assumeRotation();
        watch(ONE, () -> {}).close();
    }

    @Test
    @DisplayName("a watch tells of a rotation in time")
    void tellsOfARotation() {
        put(ONE, "first");
        watch(ONE, hints::incrementAndGet);
        fetch(ONE);

        assertHintAfter(() -> put(ONE, "second"));
    }

    @Test
    @DisplayName("a watch tells of the second rotation as of the first")
    void goesOnTelling() {
        put(ONE, "first");
        watch(ONE, hints::incrementAndGet);

        assertHintAfter(() -> put(ONE, "second"));
        assertHintAfter(() -> put(ONE, "third"));
    }

    @Test
    @DisplayName("a fetch that follows a hint sees what the hint was about")
    void hintsComeAfterTheChange() {
        put(ONE, "first");
        watch(ONE, hints::incrementAndGet);
        int before = hints.get();

        put(ONE, "second");

        int[] seen = {before};
        assertEventually(contract.hintBound(), "a fetch after a hint sees the new content", () -> {
            int now = hints.get();
            boolean hinted = now != seen[0];
            seen[0] = now;
            return hinted && content("second").equals(texts(fetch(ONE)));
        });
    }

    @Test
    @DisplayName("a secret that does not exist yet can be watched, and fetched once it is there")
    void watchesWhatIsNotThereYet() {
        watch(ONE, hints::incrementAndGet);

        put(ONE, "first");

        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("two watches of one secret are both told, and closing one leaves the other")
    void watchesAreIndependent() {
        put(ONE, "first");
        var others = new AtomicInteger();
        Subscription other = watch(ONE, others::incrementAndGet);
        watch(ONE, hints::incrementAndGet);
        assertHintAfter(() -> put(ONE, "second"));
        assertEventually(contract.hintBound(), "a hint to the other watch", () -> others.get() > 0);

        other.close();

        assertHintAfter(() -> put(ONE, "third"));
    }

    @Test
    @DisplayName("a watch goes on telling after its secret was removed and made anew")
    void survivesARemoval() {
        put(ONE, "first");
        watch(ONE, hints::incrementAndGet);
        contract.remove(ONE);
        put(ONE, "second");
        fetch(ONE);
        pause(QUIET);

        assertHintAfter(() -> put(ONE, "third"));
    }

    @Test
    @DisplayName("a closed watch gives no more hints, and closing it twice is harmless")
    void closedWatchesAreSilent() {
        put(ONE, "first");
        Subscription watch = watch(ONE, hints::incrementAndGet);
        assertHintAfter(() -> put(ONE, "second"));

        watch.close();
        watch.close();
        pause(QUIET);
        int before = hints.get();
        put(ONE, "third");
        pause(QUIET);

        assertEquals(before, hints.get(), "hints after the watch was closed");
    }

    @Test
    @DisplayName("a source that is closed gives no more hints")
    void closedSourcesAreSilent() {
        put(ONE, "first");
        watch(ONE, hints::incrementAndGet);
        assertHintAfter(() -> put(ONE, "second"));

        source().close();
        pause(QUIET);
        int before = hints.get();
        putIfTheStoreOutlivesItsSource("third");
        pause(QUIET);

        assertEquals(before, hints.get(), "hints after the source was closed");
    }

    private void putIfTheStoreOutlivesItsSource(String seed) {
        try {
            put(ONE, seed);
        } catch (IllegalStateException | SecretException e) {
            // The store of this test is the source itself, which is closed: there is nothing to hint at.
        }
    }

    private Subscription watch(String name, Runnable mayHaveChanged) {
        Subscription watch = source().watch(id(name), mayHaveChanged);
        assertNotNull(watch, "watch returned null");
        assumeFalse(watch == Subscription.NONE, "not applicable: this source has no watch");
        return watch;
    }

    private void assertHintAfter(Runnable change) {
        int before = hints.get();
        change.run();
        assertEventually(contract.hintBound(), "a hint after the change", () -> hints.get() > before);
    }
}
