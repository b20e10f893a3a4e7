package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many references at once, references named before they are asked for, and references that may not be asked for. */
class ManySecretsTest {

    private final FakeTime time = FakeTime.advancingItself();
    private InMemorySecrets memory = InMemorySecrets.create().silent();
    private Secrets secrets = Secrets.builder().time(time).source("mem", memory).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    private void reopen(Secrets.Builder builder) {
        secrets.close();
        secrets = builder.build();
    }

    @Test
    void eachReferenceHasItsOwnOutcomeInTheOrderAsked() {
        memory.put("there", "value");
        memory.put("denied", "value");
        memory.deny("denied");

        SecretBatch batch = secrets.getAll(List.of("mem:there", "mem:missing", "mem:denied"));

        assertThat(batch.outcomes().keySet()).containsExactly("mem:there", "mem:missing", "mem:denied");
        assertThat(batch.outcomes().get("mem:there").get().reveal()).isEqualTo("value");
        assertThat(batch.problems().get("mem:missing")).isInstanceOf(SecretNotFoundException.class);
        assertThat(batch.problems().get("mem:denied")).isInstanceOf(SecretAccessException.class);
        assertThatThrownBy(batch::orThrow).isInstanceOf(SecretNotFoundException.class);
    }

    @Test
    void allMalformedReferencesAreListedBeforeAnythingIsFetched() {
        memory.put("there", "value");

        assertThatThrownBy(() -> secrets.getAll(List.of("mem:there", "mem:../x", "nope:x")))
                .isInstanceOfSatisfying(
                        InvalidSecretRefException.class,
                        e -> assertThat(e.problems())
                                .hasSize(2)
                                .anyMatch(problem -> problem.contains("reference 2"))
                                .anyMatch(problem -> problem.contains("unknown source 'nope'")));

        assertThat(memory.fetches("there")).isZero();
    }

    @Test
    void oneDeadlineHoldsForAll() {
        memory = InMemorySecrets.create().batchSize(1);
        reopen(Secrets.builder().time(time).source("mem", memory));
        memory.put("fast", "value");
        memory.put("slow", "value");
        memory.delay("slow", Duration.ofSeconds(30));
        long began = time.nanos();

        SecretBatch batch = secrets.getAll(List.of("mem:slow", "mem:fast"), Duration.ofMillis(200));

        assertThat(Duration.ofNanos(time.nanos() - began)).isEqualTo(Duration.ofMillis(200));
        assertThat(batch.outcomes().get("mem:fast").get().reveal()).isEqualTo("value");
        assertThat(batch.problems().get("mem:slow"))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("within PT0.2S");
    }

    @Test
    void theWaitDeadlineHoldsForAllTogether() {
        for (String path : List.of("a", "b", "c")) {
            memory.put(path, "value");
            memory.hang(path);
        }
        long began = time.nanos();

        SecretBatch batch = secrets.getAll(List.of("mem:a", "mem:b", "mem:c"));

        assertThat(Duration.ofNanos(time.nanos() - began)).isEqualTo(Duration.ofSeconds(3));
        assertThat(batch.problems()).hasSize(3);
        List.of("a", "b", "c").forEach(memory::recover);
    }

    @Test
    @DisplayName("B2 an unknown source is told with the known ones and the nearest")
    void anUnknownSourceIsToldWithTheKnownOnes() {
        assertThatThrownBy(() -> secrets.get("men:app"))
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessage("unknown source 'men'; known: mem; did you mean 'mem'?");
    }

    @Test
    void anAllowListForAnUnknownSourceFailsTheBuild() {
        var builder = Secrets.builder().time(time).source("mem", fresh()).allow("men", "*");

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessageContaining("did you mean 'mem'");
    }

    @Test
    void findIsEmptyForWhatIsAbsentAndNotForWhatIsDisabled() {
        var source = new SecretSource() {
            @Override
            public SecretData fetch(SecretId id, FetchContext context) {
                throw new SecretNotFoundException(id, "is not here", "look elsewhere")
                        .because(
                                id.path().equals("disabled")
                                        ? SecretNotFoundException.Reason.DISABLED
                                        : SecretNotFoundException.Reason.ABSENT);
            }
        };
        reopen(Secrets.builder().time(time).source("s", source));

        assertThat(secrets.find("s:absent")).isEmpty();
        assertThatThrownBy(() -> secrets.find("s:disabled")).isInstanceOf(SecretNotFoundException.class);
    }

    @Test
    void nothingIsDiagnosedAfterClose() {
        secrets.close();

        assertThatThrownBy(() -> secrets.diagnose(List.of("mem:app"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> secrets.health()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theSameSecretTwiceIsOneCall() {
        memory.put("db", Map.of("user", "u", "password", "p"));

        SecretBatch batch = secrets.getAll(List.of("mem:db#user", "mem:db#password"));

        assertThat(batch.problems()).isEmpty();
        assertThat(memory.fetches("db")).isEqualTo(1);
    }

    @Test
    void preloadedSecretsAreFetchedBeforeAnybodyAsks() {
        memory.put("db", "value");
        reopen(Secrets.builder().time(time).source("mem", fresh()).preload(List.of("mem:db")));
        time.settle();

        assertThat(preloaded.fetches("db")).isEqualTo(1);
        assertThat(secrets.get("mem:db").reveal()).isEqualTo("value");
        assertThat(preloaded.fetches("db")).isEqualTo(1);
    }

    private final InMemorySecrets preloaded = InMemorySecrets.create();

    private InMemorySecrets fresh() {
        preloaded.put("db", "value");
        return preloaded;
    }

    @Test
    void aMalformedPreloadedReferenceFailsTheBuild() {
        var builder = Secrets.builder().time(time).source("mem", fresh()).preload(List.of("mem:a//b"));

        assertThatThrownBy(builder::build).isInstanceOf(InvalidSecretRefException.class);
    }

    @Test
    void aPathThatIsNotAllowedIsDeniedWithoutACall() {
        fresh().put("other", "value");
        reopen(Secrets.builder().time(time).source("mem", preloaded).allow("mem", "d*"));

        assertThat(secrets.get("mem:db").reveal()).isEqualTo("value");
        assertThatThrownBy(() -> secrets.get("mem:other"))
                .isInstanceOf(SecretAccessException.class)
                .hasMessageContaining("allow-list");

        assertThat(preloaded.fetches("other")).isZero();
    }

    @Test
    void whatIsAllowedAfterBuildingDoesNotOpenWhatWasBuilt() {
        var builder = Secrets.builder().time(time).source("mem", fresh()).allow("mem", "d*");
        reopen(builder);

        builder.allow("mem", "*");

        assertThatThrownBy(() -> secrets.get("mem:other")).isInstanceOf(SecretAccessException.class);
    }

    @Test
    void aSecretThatIsNotAllowedIsNotDiagnosed() {
        var source = new SecretSource() {
            @Override
            public SecretData fetch(SecretId id, FetchContext context) {
                return SecretData.of(SecretValue.of("value"));
            }

            @Override
            public List<Diagnosis> diagnose(Set<SecretId> ids) {
                return ids.stream().map(id -> Diagnosis.healthy(id, "is there")).toList();
            }
        };
        reopen(Secrets.builder().time(time).source("s", source).allow("s", "d*"));

        var found = secrets.diagnose(List.of("s:db", "s:other"));

        assertThat(found).extracting(Diagnosis::id).containsExactly(SecretId.of("s", "db"));
    }

    @Test
    void aStarStandsForAnyRunOfCharacters() {
        assertThat(AllowList.matches("app/*", "app/db/orders")).isTrue();
        assertThat(AllowList.matches("app/*/orders", "app/db/orders")).isTrue();
        assertThat(AllowList.matches("*", "anything")).isTrue();
        assertThat(AllowList.matches("app/*", "apple/db")).isFalse();
        assertThat(AllowList.matches("app", "app/db")).isFalse();
        assertThat(AllowList.matches("", "app")).isFalse();
    }
}
