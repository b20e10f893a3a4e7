package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a source. */
abstract class ClosingPromises extends Promises {

    private static final Duration UNDER_WAY = Duration.ofMillis(100);
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(2);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(3);

    ClosingPromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("closing twice is harmless")
    void closesTwice() {
        put(ONE, "first");
        fetch(ONE);

        source().close();
        assertDoesNotThrow(() -> source().close());
    }

    @Test
    @DisplayName("a source that was never started closes")
    void closesWithoutAStart() {
        SecretSource idle = contract.source();

        assertDoesNotThrow(idle::close);
    }

    @Test
    @DisplayName("closing takes two seconds at most, also while a call hangs")
    void closesWhileACallHangs() throws InterruptedException {
        put(ONE, "first");
        source();
        contract.hang(ONE);
        var hanging = RunningFetch.start(() -> fetch(id(ONE), FetchCall.usual()));
        pause(UNDER_WAY);
        long began = Timeline.system().nanos();

        source().close();

        Duration took = Duration.ofNanos(Timeline.system().nanos() - began);
        assertTrue(took.compareTo(CLOSES_WITHIN) <= 0, "closing took " + took);
        hanging.interrupt();
        assertTrue(hanging.endsWithin(ENDS_WITHIN), "the call still runs, interrupted, after the source was closed");
    }

    @Test
    @DisplayName("a fetch after the end is refused clearly or answered rightly, and never hangs")
    void refusesClearlyAfterwards() throws InterruptedException {
        put(ONE, "first");
        fetch(ONE);
        source().close();

        var late = RunningFetch.start(() -> fetch(ONE));

        assertTrue(late.endsWithin(ENDS_WITHIN), "a fetch after close hangs");
        assertClear(thrownBy(() -> assertHolds("first", late.result())));
    }

    @Test
    @DisplayName("a watch after the end is refused clearly or silent")
    void refusesWatchesClearlyAfterwards() {
        put(ONE, "first");
        fetch(ONE);
        source().close();

        assertClear(thrownBy(() -> source().watch(id(ONE), () -> {}).close()));
    }

    @Test
    @DisplayName("a watch may be closed after its source")
    void watchesCloseLate() {
        put(ONE, "first");
        Subscription watch = source().watch(id(ONE), () -> {});

        source().close();

        assertDoesNotThrow(watch::close);
    }

    @Test
    @DisplayName("no thread outlives the source: neither its own nor what it runs on the engine's")
    void threadsEnd() throws InterruptedException {
        put(ONE, "first");
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Subscription watch = source().watch(id(ONE), () -> {});
        fetch(ONE);
        source().warm();
        pause(UNDER_WAY); // What the source has handed to its threads has begun by then.
        watch.close();

        source().close();

        assertTrue(threads().end(ENDS_WITHIN), "work on the engine's threads goes on, interrupted, after close");
        assertEventually(
                ENDS_WITHIN, "threads made since have ended", () -> made(before).isEmpty());
    }

    private static void assertClear(@Nullable Throwable thrown) {
        if (thrown != null) {
            boolean clear = thrown instanceof IllegalStateException || thrown instanceof SecretUnavailableException;
            assertTrue(clear, () -> "after close: " + thrown.getClass().getName());
        }
    }

    /** Threads of this test that were not there before; those of the JDK's own groups and of the kit do not count. */
    private static Set<String> made(Set<Thread> before) {
        var names = new TreeSet<String>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            ThreadGroup group = thread.getThreadGroup();
            boolean ours =
                    group != null && Thread.currentThread().getThreadGroup().parentOf(group);
            if (ours && !before.contains(thread) && !thread.getName().startsWith(ContractThreads.PREFIX)) {
                names.add(thread.getName());
            }
        }
        return names;
    }
}
