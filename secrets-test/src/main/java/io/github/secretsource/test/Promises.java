package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.function.Executable;
import org.opentest4j.TestAbortedException;

/** One group of the contract: the source under test, started when first asked for, and the words the tests use. */
abstract class Promises {

    static final String ONE = SecretSourceContract.NAMES.get(0);
    static final String OTHER = SecretSourceContract.NAMES.get(1);
    static final String ABSENT = SecretSourceContract.NAMES.get(SecretSourceContract.NAMES.size() - 1);

    private static final Duration GLANCE = Duration.ofMillis(5);

    final SecretSourceContract contract;
    private @Nullable SecretSource started;
    private @Nullable ContractThreads threads;

    Promises(SecretSourceContract contract) {
        this.contract = contract;
    }

    /** The source under test, started. */
    final SecretSource source() {
        SecretSource ready = started;
        if (ready != null) {
            return ready;
        }
        SecretSource made = contract.source();
        started = made;
        made.start(threads());
        return made;
    }

    final ContractThreads threads() {
        ContractThreads ready = threads;
        if (ready == null) {
            ready = new ContractThreads(id(ONE).source());
            threads = ready;
        }
        return ready;
    }

    @AfterEach
    final void closeSource() {
        if (started != null) {
            started.close();
        }
        if (threads != null) {
            threads.close();
        }
    }

    final SecretId id(String name) {
        return contract.id(name);
    }

    final SecretData fetch(String name) {
        return fetch(id(name), FetchCall.usual());
    }

    final SecretData fetch(SecretId id, FetchContext call) {
        SecretData data = source().fetch(id, call);
        assertNotNull(data, "fetch returned null for " + id);
        return data;
    }

    /** Puts content that is recognised by its seed, in every field. */
    final void put(String name, String seed) {
        contract.put(name, content(seed));
    }

    final Map<String, String> content(String seed) {
        return contract.holdsFields() ? Map.of("username", "user of " + seed, "password", seed) : Map.of("value", seed);
    }

    /** Replaces the content, where this source ever sees another one. */
    final void rotate(String name, String seed) {
        assumeRotation();
        put(name, seed);
    }

    final void assumeRotation() {
        assumeFalse(source().traits().neverRotates(), "not applicable: nothing here rotates while the process runs");
    }

    final void assertHolds(String seed, SecretData data) {
        assertEquals(content(seed), texts(data), "the content is not what was put");
        assertEquals(contract.holdsFields(), data.value().isEmpty(), "either fields or one value");
    }

    /** The text of each field, or of the one value under the name {@code value}. */
    static Map<String, String> texts(SecretData data) {
        var texts = new TreeMap<String, String>();
        data.fields().forEach((name, value) -> texts.put(name, value.reveal()));
        data.value().map(SecretValue::reveal).ifPresent(text -> texts.put("value", text));
        return texts;
    }

    final <X extends SecretException> X assertRefused(Class<X> kind, String name) {
        return assertRefused(kind, id(name), () -> fetch(name));
    }

    /** A refusal of one of the four kinds, which says of which secret it is and carries nothing from elsewhere. */
    static <X extends SecretException> X assertRefused(Class<X> kind, SecretId id, Executable call) {
        Throwable thrown = thrownBy(call);
        assertNotNull(
                thrown,
                id + " was answered instead of refused (a source() that writes to its store undoes what the test did)");
        assertEquals(kind, thrown.getClass(), () -> id + " was refused in another way");
        X refusal = kind.cast(thrown);
        assertClean(id, refusal);
        return refusal;
    }

    static void assertClean(SecretId id, SecretException refusal) {
        assertEquals(id, refusal.id(), "the refusal is about another secret");
        assertTrue(String.valueOf(refusal.getMessage()).startsWith(id + " "), "its message begins with the id");
        assertNull(refusal.getCause(), "it chains a cause, which may print a value");
        assertEquals(0, refusal.getSuppressed().length, "it suppresses an exception, which may print a value");
        assertFalse(refusal.problem().isBlank(), "it does not say what is wrong");
        assertFalse(refusal.fix().isBlank(), "it does not say what would fix it");
    }

    static @Nullable Throwable thrownBy(Executable call) {
        try {
            call.execute();
            return null;
        } catch (Throwable e) {
            rethrowVerdict(e);
            return e;
        }
    }

    /** What the test itself says, that it is skipped or has failed, is no answer of the source. */
    private static void rethrowVerdict(Throwable e) {
        if (e instanceof TestAbortedException skipped) {
            throw skipped;
        }
        if (e instanceof AssertionError failed) {
            throw failed;
        }
    }

    static void assertEventually(Duration bound, String what, BooleanSupplier condition) {
        long deadline = Timeline.system().after(bound);
        while (!condition.getAsBoolean()) {
            if (Timeline.system().nanos() - deadline >= 0) {
                fail("not within " + bound + ": " + what);
            }
            pause(GLANCE);
        }
    }

    /** Lets real time pass, for what must not happen meanwhile and between two glances. */
    static void pause(Duration span) {
        try {
            boolean unused = Timeline.system()
                    .await(new CompletableFuture<>(), Timeline.system().after(span));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted while waiting");
        }
    }
}
