package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChainTest {

    private static final SecretId APP = SecretId.of("db", "app");
    private static final SecretId OTHER = SecretId.of("db", "other");

    private final TestContext context = TestContext.real();
    private final InMemorySecrets one = InMemorySecrets.create();
    private final InMemorySecrets two = InMemorySecrets.create();

    @Test
    void firstOfPrefersTheFirstAndGoesOnAfterNotFoundOnly() {
        var source = SecretSources.firstOf(one, two);
        two.put("app", "second");

        assertThat(value(source, APP)).isEqualTo("second");
        one.put("app", "first");
        assertThat(value(source, APP)).isEqualTo("first");

        one.fail("app");
        assertThatThrownBy(() -> source.fetch(APP, context))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessage("db:app is unavailable (member 1, InMemorySecrets); recover it");
        one.deny("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretAccessException.class);
        one.corrupt("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretFormatException.class);
        assertThat(two.fetches("app")).isEqualTo(1);
    }

    @Test
    void firstOfNamesEveryMemberThatHasNothing() {
        one.put("app", "x");
        one.remove("app");

        var problem = catchThrowableOfType(
                SecretNotFoundException.class,
                () -> SecretSources.firstOf(one, two).fetch(APP, context));

        assertThat(problem)
                .hasMessageContaining("(member 1, InMemorySecrets)")
                .hasMessageContaining("(member 2, InMemorySecrets)");
        assertThat(problem.id()).isEqualTo(APP);
        assertThat(problem.reason()).isEqualTo(SecretNotFoundException.Reason.DELETED);
    }

    @Test
    void failoverGoesOnAfterAnOutage() {
        var source = SecretSources.failover(one, two);
        one.put("app", "first");
        two.put("app", "second");

        assertThat(value(source, APP)).isEqualTo("first");
        one.fail("app");
        assertThat(value(source, APP)).isEqualTo("second");
        two.fail("app");

        assertThatThrownBy(() -> source.fetch(APP, context))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("(member 1, InMemorySecrets), is unavailable (member 2, InMemorySecrets)");
    }

    @Test
    void failoverSaysNotFoundOnlyIfEveryMemberDoes() {
        var source = SecretSources.failover(one, two);
        two.put("app", "second");

        assertThat(value(source, APP)).isEqualTo("second");
        two.fail("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretUnavailableException.class);
        two.recover("app");
        two.remove("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretNotFoundException.class);
        one.fail("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    void failoverStopsAtADenialWhichAnEarlierOutageTurnsIntoOne() {
        var source = SecretSources.failover(one, two);
        one.put("app", "first");
        two.put("app", "second");

        one.deny("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretAccessException.class);
        assertThat(two.fetches("app")).isZero();

        one.fail("app");
        two.deny("app");
        assertThatThrownBy(() -> source.fetch(APP, context)).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    void failoverIsThrottledOnlyIfAllWhoCannotAnswerAre() {
        var source = SecretSources.failover(one, two);
        one.throttle("app", Duration.ofSeconds(30));
        two.throttle("app", Duration.ofSeconds(5));

        assertThat(unavailable(source).retryAfter()).contains(Duration.ofSeconds(5));
        two.fail("app");
        assertThat(unavailable(source).retryAfter()).isEmpty();
    }

    @Test
    void failoverTakesAnyOtherExceptionForAnOutageAndRepeatsNothingOfIt() {
        SecretSource broken = (id, c) -> {
            throw new IllegalArgumentException("token=hunter2");
        };
        two.put("app", "second");

        assertThat(value(SecretSources.failover(broken, two), APP)).isEqualTo("second");
        assertThatThrownBy(() -> SecretSources.firstOf(broken, two).fetch(APP, context))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("its source threw IllegalArgumentException (member 1, a custom source)")
                .hasMessageNotContaining("hunter2")
                .hasNoCause();
    }

    @Test
    void asksNobodyElseWhenTimeIsOver() {
        two.put("app", "second");
        var late = context.withRemaining(Duration.ZERO);

        assertThatThrownBy(() -> SecretSources.firstOf(one, two).fetch(APP, late))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("no time to ask further members");
        assertThat(two.fetches("app")).isZero();
    }

    @Test
    void asksNobodyElseAfterAnInterrupt() {
        two.put("app", "second");
        one.hang("app");

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> SecretSources.failover(one, two).fetch(APP, context))
                .isInstanceOf(SecretUnavailableException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(two.fetches("app")).isZero();
    }

    @Test
    void answersABatchMemberByMember() {
        one.put("app", "first");
        two.put("app", "unused").put("other", "second");
        var absent = SecretId.of("db", "absent");

        var outcomes = SecretSources.firstOf(one, two).fetchAll(Set.of(APP, OTHER, absent), context);

        assertThat(reveal(outcomes.get(APP).get())).isEqualTo("first");
        assertThat(reveal(outcomes.get(OTHER).get())).isEqualTo("second");
        assertThat(outcomes.get(absent).problem()).containsInstanceOf(SecretNotFoundException.class);
        assertThat(two.fetches("app")).isZero();
    }

    @Test
    void leavesOutOfABatchWhatAMemberLeavesOut() {
        SecretSource singles = (id, c) -> SecretData.of(SecretValue.of("x"));
        one.failAll();
        two.put("app", "second");

        assertThat(SecretSources.failover(singles, two).fetchAll(Set.of(APP), context))
                .isEmpty();
        assertThat(SecretSources.failover(one, two).fetchAll(Set.of(APP), context))
                .isEmpty();
        assertThat(SecretSources.failover(singles, two).traits().batchSize()).isEqualTo(1);
        assertThat(SecretSources.failover(one, two).traits().batchSize()).isEqualTo(100);
    }

    private SecretUnavailableException unavailable(SecretSource source) {
        return catchThrowableOfType(SecretUnavailableException.class, () -> source.fetch(APP, context));
    }

    private String value(SecretSource source, SecretId id) {
        return reveal(source.fetch(id, context));
    }

    private static String reveal(SecretData data) {
        return data.value().orElseThrow().reveal();
    }
}
