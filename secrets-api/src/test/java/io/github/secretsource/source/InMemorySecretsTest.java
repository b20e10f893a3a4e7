package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InMemorySecretsTest {

    private static final SecretId APP = SecretId.of("mem", "app");

    private final FakeTime time = FakeTime.create();
    private final TestContext context = TestContext.of(time);
    private final InMemorySecrets memory = InMemorySecrets.create();

    InMemorySecretsTest() {
        memory.start(context);
    }

    @Test
    void answersWithWhatWasPut() {
        memory.put("app", "one").put("db", Map.of("user", "u", "password", "p"));

        assertThat(value(APP)).isEqualTo("one");
        assertThat(fetch(SecretId.of("mem", "db")).fields()).containsOnlyKeys("user", "password");
    }

    @Test
    void numbersVersionsPathByPath() {
        memory.put("app", "one").put("app", "two").put("other", "x");

        assertThat(fetch(APP).version()).contains("2");
        assertThat(fetch(SecretId.of("mem", "other")).version()).contains("1");
        assertThat(value(APP.atVersion("1"))).isEqualTo("one");
        assertThat(value(APP.atPrevious())).isEqualTo("one");
    }

    @Test
    void keepsTheVersionThatDataBrings() {
        memory.put("app", SecretData.of(SecretValue.of("x")).withVersion("v7").withOrdinal("uid", 7));

        assertThat(fetch(APP).version()).contains("v7");
        assertThat(fetch(APP).lineage()).contains("uid");
    }

    @Test
    void holdsAStageBesidesTheCurrentVersion() {
        memory.put("app", "now").putStage("app", "AWSPENDING", "soon");

        assertThat(value(APP)).isEqualTo("now");
        assertThat(value(APP.atStage("AWSPENDING"))).isEqualTo("soon");
        assertThat(value(APP.atVersion("2"))).isEqualTo("soon");
    }

    @Test
    void tellsAbsentFromDeleted() {
        assertThat(notFound(APP).reason()).isEqualTo(SecretNotFoundException.Reason.ABSENT);

        memory.put("app", "one");
        memory.remove("app");

        assertThat(notFound(APP).reason()).isEqualTo(SecretNotFoundException.Reason.DELETED);
        assertThat(notFound(APP.atVersion("1"))).hasMessageContaining("mem:app?version=1");
        memory.put("app", "again");
        assertThat(fetch(APP).version()).contains("2");
    }

    @Test
    void letsCurrentVersionDie() {
        memory.put("app", "one");
        var moment = Instant.parse("2030-01-02T00:00:00Z");

        memory.expireAt("app", moment);

        assertThat(fetch(APP).expiresAt()).contains(moment);
        memory.put("app", "two");
        assertThat(fetch(APP).expiresAt()).isEmpty();
        assertThatThrownBy(() -> memory.expireAt("none", moment)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hintsWatchersOfWhatChanged() {
        var hints = new ArrayList<String>();
        var watch = memory.watch(APP, () -> hints.add("app"));
        memory.watch(SecretId.of("mem", "other"), () -> hints.add("other"));

        memory.put("app", "one");
        memory.deny("app");
        memory.allow("app");
        memory.hint("app");
        assertThat(hints).containsExactly("app", "app", "app", "app");

        memory.fail("app");
        assertThat(hints).hasSize(4);
        memory.recover("app");
        assertThat(hints).hasSize(5);

        watch.close();
        memory.remove("app");
        assertThat(hints).hasSize(5);
    }

    @Test
    void letsAWatcherAskBack() {
        var seen = new ArrayList<String>();
        memory.watch(APP, () -> seen.add(value(APP)));

        memory.put("app", "one");

        assertThat(seen).containsExactly("one");
    }

    @Test
    void hintsNobodyWhenSilent() {
        var quiet = InMemorySecrets.create().silent();

        assertThat(quiet.watch(APP, () -> {
                    throw new AssertionError();
                }))
                .isSameAs(Subscription.NONE);
        quiet.put("app", "one");

        assertThat(quiet.openWatches()).isEmpty();
    }

    @Test
    void namesWatchesThatAreStillOpen() {
        memory.checkNoWatches();
        var one = memory.watch(APP, () -> {});
        var same = memory.watch(APP, () -> {});

        one.close();
        one.close();
        memory.close();

        assertThat(memory.openWatches()).containsExactly(APP);
        assertThatThrownBy(memory::checkNoWatches)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("mem:app");
        same.close();
        memory.checkNoWatches();
    }

    @Test
    void countsAndTimesWhatItIsAsked() {
        memory.put("app", "one");
        long begin = time.nanos();

        fetch(APP);
        time.advance(Duration.ofSeconds(2));
        memory.fail("app");
        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretUnavailableException.class);

        assertThat(memory.fetches("app")).isEqualTo(2);
        assertThat(memory.fetches("other")).isZero();
        assertThat(memory.fetchTimes("app")).containsExactly(begin, begin + TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void answersABatchSecretBySecret() {
        memory.put("app", "one").put("denied", "x");
        memory.deny("denied");
        var denied = SecretId.of("mem", "denied");
        var absent = SecretId.of("mem", "absent");

        var outcomes = memory.fetchAll(Set.of(APP, denied, absent), context);

        assertThat(reveal(outcomes.get(APP).get())).isEqualTo("one");
        assertThat(outcomes.get(denied).problem()).containsInstanceOf(SecretAccessException.class);
        assertThat(outcomes.get(absent).problem()).containsInstanceOf(SecretNotFoundException.class);
        assertThat(memory.fetches("app")).isEqualTo(1);
        assertThat(memory.traits().batchSize()).isEqualTo(100);
        assertThat(InMemorySecrets.create().batchSize(3).traits().batchSize()).isEqualTo(3);
    }

    @Test
    void refusesPathsThatNoReferenceNames() {
        assertThatThrownBy(() -> memory.put("a?version=1", "x")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> memory.put("a/../b", "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void standsInForStoresWithSlashesAndEverySelector() {
        var traits = memory.traits();

        assertThat(List.of(SecretId.of("ssm", "/prod/db/"), APP.atPrevious(), APP.atStage("s"), APP.atVersion("1")))
                .allSatisfy(id -> assertThat(traits.problemWith(id)).isEmpty());
        assertThat(traits.isLinearizable()).isTrue();
        assertThat(traits.hintGap()).isEqualTo(Duration.ofMillis(50));
    }

    @Test
    @DisplayName("B43 B44 names and values are opaque and printed nowhere")
    void printsNothingItHolds() {
        memory.put("app", Map.of("__proto__", "%s ${jndi:x}", "class", "\u001B[31m", "..", "v-a-l-u-e"));
        memory.lease("app", Duration.ofMinutes(1));

        var data = fetch(APP);

        assertThat(data.fields()).containsOnlyKeys("__proto__", "class", "..");
        assertThat(data.fields().get("__proto__").reveal()).isEqualTo("%s ${jndi:x}");
        assertThat(memory + " " + data + " " + data.lease()).doesNotContain("jndi", "v-a-l-u-e");
    }

    private SecretData fetch(SecretId id) {
        return memory.fetch(id, context);
    }

    private String value(SecretId id) {
        return reveal(fetch(id));
    }

    private SecretNotFoundException notFound(SecretId id) {
        return catchThrowableOfType(SecretNotFoundException.class, () -> fetch(id));
    }

    private static String reveal(SecretData data) {
        return data.value().orElseThrow().reveal();
    }
}
