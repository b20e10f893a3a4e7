package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One source, many threads. */
abstract class ConcurrencyPromises extends Promises {

    private static final int THREADS = 8;
    private static final int FETCHES = 40;
    private static final int ROTATIONS = 100;
    private static final Duration AT_MOST = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    ConcurrencyPromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("fetches at the same time each get their own secret")
    void fetchesDoNotMix() throws Throwable {
        put(ONE, "first");
        put(OTHER, "second");
        source();

        together(thread -> {
            for (int i = 0; i < FETCHES; i++) {
                boolean one = (i + thread) % 2 == 0;
                assertHolds(one ? "first" : "second", fetch(one ? ONE : OTHER));
            }
        });
    }

    @Test
    @DisplayName("a secret that is missing is NotFound, and one that is there is found, for all who ask at once")
    void refusalsDoNotMix() throws Throwable {
        put(ONE, "first");
        source();

        together(thread -> {
            for (int i = 0; i < FETCHES; i++) {
                assertRefused(SecretNotFoundException.class, ABSENT);
                assertHolds("first", fetch(ONE));
            }
        });
    }

    @Test
    @DisplayName("fields fetched together come from one version, however fast the secret rotates")
    void fieldsAreNeverTorn() throws Throwable {
        assumeTrue(contract.holdsFields(), "not applicable: a secret here is one value");
        assumeRotation();
        put(ONE, "0");
        var rotating = new AtomicBoolean(true);
        var readers = start(thread -> {
            while (rotating.get()) {
                Map<String, String> texts = texts(fetch(ONE));
                assertEquals(content(String.valueOf(texts.get("password"))), texts, "fields of two versions");
            }
        });

        try {
            rotateFor(AT_MOST);
        } finally {
            rotating.set(false);
        }
        assertFinish(readers);
    }

    @Test
    @DisplayName("watches open and close while the secret rotates and others fetch it")
    void watchesComeAndGo() throws Throwable {
        assumeRotation();
        put(ONE, "0");
        var rotating = new AtomicBoolean(true);
        var watchers = start(thread -> {
            while (rotating.get()) {
                Subscription watch = source().watch(id(ONE), () -> {});
                fetch(ONE);
                watch.close();
            }
        });

        try {
            rotateFor(AT_MOST.dividedBy(3));
        } finally {
            rotating.set(false);
        }
        assertFinish(watchers);
    }

    private void rotateFor(Duration limit) {
        long deadline = Timeline.system().after(limit);
        for (int i = 1; i <= ROTATIONS && Timeline.system().nanos() - deadline < 0; i++) {
            put(ONE, Integer.toString(i));
            pause(Duration.ofMillis(1));
        }
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private static void together(Work work) throws Throwable {
        assertFinish(start(work));
    }

    private static List<FutureTask<Boolean>> start(Work work) {
        var tasks = new ArrayList<FutureTask<Boolean>>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            var task = new FutureTask<>(() -> {
                work.run(thread);
                return true;
            });
            tasks.add(task);
            ContractThreads.start("caller-" + thread, task);
        }
        return tasks;
    }

    private static void assertFinish(List<FutureTask<Boolean>> tasks) throws Throwable {
        for (FutureTask<Boolean> task : tasks) {
            try {
                assertTrue(task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                throw e.getCause() == null ? e : e.getCause();
            } catch (TimeoutException e) {
                throw new AssertionError("a thread still runs after " + PATIENCE);
            }
        }
    }
}
