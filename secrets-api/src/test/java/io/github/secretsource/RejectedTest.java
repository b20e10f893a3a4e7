package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server refused the value: what a handle does about it, and how often it may ask. */
class RejectedTest {

    private final FakeTime time = FakeTime.advancingItself();
    private final InMemorySecrets memory = InMemorySecrets.create().silent();
    private final Secrets secrets =
            Secrets.builder().time(time).source("mem", memory).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    private LiveSecret<String> live() {
        memory.put("db", "one");
        return secrets.live("mem:db", secret -> secret.value().reveal());
    }

    @Test
    void fetchesTheNewerValueThatNobodyHasHintedAt() {
        LiveSecret<String> live = live();
        memory.put("db", "two");

        Optional<String> newer = live.rejected("one");

        assertThat(newer).contains("two");
        assertThat(memory.fetches("db")).isEqualTo(2);
        assertThat(live.get()).isEqualTo("two");
    }

    @Test
    void answersFromMemoryWhereTheValueHeldDiffersAlready() {
        LiveSecret<String> live = live();

        Optional<String> newer = live.rejected("an older one");

        assertThat(newer).contains("one");
        assertThat(memory.fetches("db")).isEqualTo(1);
    }

    @Test
    void isEmptyAtOnceWithinAGapThatDoublesWhileTheVersionStays() {
        LiveSecret<String> live = live();
        List<Integer> fetches = new ArrayList<>();

        for (int second = 0; second <= 8; second++) {
            assertThat(live.rejected("one")).isEmpty();
            fetches.add(memory.fetches("db"));
            time.advance(Duration.ofSeconds(1));
        }

        // Asked at 0, 1, 3 and 7 s: gaps of 1, 2 and 4 s.
        assertThat(fetches).containsExactly(2, 3, 3, 4, 4, 4, 4, 5, 5);
    }

    @Test
    void asksNothingWhileTheSourceFails() {
        LiveSecret<String> live = live();
        memory.fail("db");
        assertThat(live.rejected("one")).isEmpty();
        int fetches = memory.fetches("db");

        assertThat(live.rejected("one")).isEmpty();

        assertThat(memory.fetches("db")).isEqualTo(fetches);
    }

    @Test
    void asksFiveTimesASecondForAllSecretsOfASource() {
        List<LiveSecret<SecretValue>> handles = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            memory.put("s" + i, "one");
            handles.add(secrets.live("mem:s" + i));
        }

        int before = allFetches();
        handles.forEach(handle -> assertThat(handle.rejected(handle.get())).isEmpty());
        int atOnce = allFetches() - before;

        assertThat(atOnce).isEqualTo(1);
    }

    private int allFetches() {
        int all = 0;
        for (int i = 0; i < 20; i++) {
            all += memory.fetches("s" + i);
        }
        return all;
    }

    @Test
    void aThousandCallersShareOneCall() throws Exception {
        LiveSecret<String> live = live();
        memory.put("db", "two");
        var go = new CountDownLatch(1);
        ExecutorService callers = Executors.newFixedThreadPool(100);
        try {
            List<Future<Optional<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                answers.add(callers.submit(() -> {
                    go.await();
                    return live.rejected("one");
                }));
            }
            go.countDown();
            for (Future<Optional<String>> answer : answers) {
                assertThat(answer.get(20, TimeUnit.SECONDS)).contains("two");
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(memory.fetches("db")).isEqualTo(2);
    }

    @Test
    void anInterruptedCallerIsToldSoAndKeepsItsFlag() {
        LiveSecret<String> live = live();
        memory.delay("db", Duration.ofSeconds(1));
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> live.rejected("one")).isInstanceOf(SecretUnavailableException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aViewThatFailsOnTheNewestVersionMakesNobodyWait() {
        memory.put("db", "1");
        LiveSecret<Integer> live =
                secrets.live("mem:db", secret -> Integer.parseInt(secret.value().reveal()));
        memory.put("db", "not a number");
        assertThat(live.rejected(1)).isEmpty();
        time.advance(Duration.ofSeconds(1));
        long began = time.nanos();

        assertThat(live.rejected(1)).isEmpty();

        assertThat(time.nanos()).isEqualTo(began);
    }

    @Test
    void aDenialThatIsRememberedIsNotAskedAboutAgain() {
        memory.put("db", "one");
        memory.deny("db");
        LiveSecret<SecretValue> live = secrets.liveLater("mem:db", Secret::value);
        time.settle();
        int fetches = memory.fetches("db");

        assertThat(live.rejected(SecretValue.of("one"))).isEmpty();

        assertThat(memory.fetches("db")).isEqualTo(fetches);
    }

    @Test
    void aConstantHandleHasNothingNewer() {
        assertThat(LiveSecret.constant("one").rejected("one")).isEmpty();
        assertThat(LiveSecret.constant("one").rejected("two")).contains("one");
    }

    @Test
    void aClosedHandleSaysSo() {
        LiveSecret<String> live = live();
        live.close();

        assertThatThrownBy(() -> live.rejected("one")).isInstanceOf(IllegalStateException.class);
    }
}
