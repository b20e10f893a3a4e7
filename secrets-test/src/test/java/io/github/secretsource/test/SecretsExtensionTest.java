package io.github.secretsource.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.view.UsernamePassword;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@SecretsTest(sources = {"orders-db", "file"})
class SecretsExtensionTest {

    private static final String PASSWORD = "orders-db:app/db#password";

    @BeforeEach
    void put(TestSecrets test) {
        test.put(PASSWORD, "first").put("orders-db:app/db#username", "app").put("file:token", "a token");
    }

    @AfterEach
    void isStillOpen(Secrets secrets) {
        assertThat(secrets.get("file:token").reveal()).isEqualTo("a token");
    }

    @Test
    void runsTheReferencesOfTheApplication(Secrets secrets) {
        assertThat(secrets.get(PASSWORD).reveal()).isEqualTo("first");
        assertThat(secrets.get("file:token").reveal()).isEqualTo("a token");
        assertThat(secrets.find("file:other")).isEmpty();
    }

    @Test
    void keepsOtherFieldsWhenOneRotates(TestSecrets test) {
        test.rotate(PASSWORD, "second");

        assertThat(test.secrets().secret("orders-db:app/db").fieldNames()).containsExactly("password", "username");
    }

    @Test
    void handlesHoldTheNewValueWhenARotationReturns(TestSecrets test) {
        var seen = new ArrayList<String>();
        try (LiveSecret<SecretValue> handle = test.secrets().live(PASSWORD)) {
            handle.subscribe(value -> seen.add(value.reveal()));
            for (String next : List.of("second", "third", "fourth")) {
                test.rotate(PASSWORD, next);

                assertThat(handle.get().reveal()).isEqualTo(next);
            }
        }

        assertThat(seen).containsExactly("first", "second", "third", "fourth");
    }

    @Test
    void rotatesAllFieldsInOneVersion(TestSecrets test) {
        var seen = new ArrayList<String>();
        try (var handle = test.secrets().live("orders-db:app/db", UsernamePassword::from)) {
            handle.subscribe(
                    pair -> seen.add(pair.username() + "/" + pair.password().reveal()));

            test.rotate("orders-db:app/db", Map.of("username", "next", "password", "second"));
        }

        assertThat(seen).containsExactly("app/first", "next/second");
    }

    @Test
    void plainReadsSeeTheNewValueWhenARotationReturns(TestSecrets test) {
        test.secrets().get(PASSWORD);

        test.rotate(PASSWORD, "second");

        assertThat(test.secrets().get(PASSWORD).reveal()).isEqualTo("second");
    }

    @Test
    void aDeniedSecretIsRefused(TestSecrets test) {
        test.deny(PASSWORD);

        assertThatThrownBy(() -> test.secrets().get(PASSWORD)).isInstanceOf(SecretAccessException.class);
    }

    @Test
    void aSlowSecretFailsAtItsDeadlineWithoutAPause(TestSecrets test) {
        var before = test.time().now();
        test.delay(PASSWORD, Duration.ofHours(1));

        assertThatThrownBy(() -> test.secrets().get(PASSWORD)).isInstanceOf(SecretUnavailableException.class);
        assertThat(Duration.between(before, test.time().now())).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void anOutageIsSurvivedAndOver(TestSecrets test) {
        try (LiveSecret<SecretValue> handle = test.secrets().live(PASSWORD)) {
            test.fail(PASSWORD);
            test.advance(Duration.ofMinutes(10));
            assertThat(handle.status().state()).isEqualTo(State.STALE);
            assertThat(handle.get().reveal()).isEqualTo("first");

            test.recover(PASSWORD);
            assertThat(handle.status().state()).isEqualTo(State.FRESH);
        }
    }

    @Test
    void aRemovedSecretIsWithdrawnOnceConfirmed(TestSecrets test) {
        try (LiveSecret<SecretValue> handle = test.secrets().live(PASSWORD)) {
            test.remove(PASSWORD);
            assertThat(handle.get().reveal()).isEqualTo("first");

            test.advance(Duration.ofSeconds(3));
            assertThatThrownBy(handle::get).isInstanceOf(SecretNotFoundException.class);
        }
    }

    @Test
    void refusesWhatItCannotSet(TestSecrets test) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.put("vault:app", "x"))
                .withMessageContaining("orders-db, file");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.put("file:app#/a/b", "x"))
                .withMessageContaining("JSON pointer");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.put("file:app?version=1", "x"))
                .withMessageContaining("current");
        assertThatIllegalArgumentException().isThrownBy(() -> test.put("file:app#a", Map.of("a", "x")));
    }

    @Nested
    class Inside {
        @Test
        void findsTheSourcesOfTheClassAround(TestSecrets test) {
            assertThat(test.source("orders-db").fetches("app/db")).isZero();
        }

        @Test
        @SecretsTest(sources = {"orders-db", "file", "more"})
        void takesTheSourcesOfTheMethodFirst(TestSecrets test) {
            assertThat(test.source("more").fetches("app")).isZero();
        }
    }

    // ---- what fails: run inside of a test ------------------------------------------------------------------------

    private static LiveSecret<SecretValue> checkedLive(TestSecrets test) {
        LiveSecret<SecretValue> handle = test.put("mem:app", "value").secrets().live("mem:app");
        assertThat(handle.get().reveal()).isEqualTo("value");
        return handle;
    }

    @SecretsTest
    static class LeavesHandles {
        @Test
        void leavesOneOpen(TestSecrets test) {
            checkedLive(test);
        }

        @Test
        void closesIt(TestSecrets test) {
            checkedLive(test).close();
        }

        @Test
        void closesTheSecrets(TestSecrets test) {
            checkedLive(test);
            test.secrets().close();
        }

        @Test
        @SecretsTest(strict = false)
        void saysThatItMay(TestSecrets test) {
            checkedLive(test);
        }

        @Test
        void isNotToldTwice(TestSecrets test) {
            checkedLive(test);
            throw new IllegalStateException("the real problem");
        }

        @Test
        void opensAnotherAfterwards(Secrets secrets, InMemorySecrets mem) {
            assertThat(secrets.find("mem:app")).isEmpty();
            assertThat(mem.fetches("app")).isEqualTo(1);
        }
    }

    @SecretsTest(sources = {"one", "two"})
    static class AsksForWhich {
        @Test
        void cannotKnow(InMemorySecrets mem) {
            assertThat(mem).isNotNull();
        }
    }

    @Test
    void handlesLeftOpenFailTheTest() {
        var verdict = Verdict.on(selectClass(LeavesHandles.class));

        assertThat(verdict.failed()).containsExactlyInAnyOrder("leavesOneOpen", "isNotToldTwice");
        assertThat(verdict.problems()).anyMatch(text -> text.contains("mem:app (1)") && text.contains("close them"));
        assertThat(verdict.problems()).anyMatch(text -> text.contains("the real problem"));
        assertThat(verdict.passed()).hasSize(4);
    }

    @Test
    void asksWhichSourceIsMeant() {
        var verdict = Verdict.on(selectClass(AsksForWhich.class));

        assertThat(verdict.problems())
                .singleElement()
                .asString()
                .contains("one, two")
                .contains("source(name)");
    }
}
