package io.github.secretsource.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.secretsource.InvalidSecretRefException;
import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each meter moves as what it measures does. */
class SecretsMetricsTest {

    private static final String ORDERS = "mem:secret-path/orders";

    private final Metered metered = Metered.bound();
    private final InMemorySecrets memory = metered.memory;

    @AfterEach
    void close() {
        metered.close();
    }

    @Test
    void theAgeGrowsUntilTheNextRefresh() {
        LiveSecret<SecretValue> unused = metered.hold(ORDERS);
        metered.advance(Duration.ofSeconds(40));
        double young = metered.gauge("secrets.age", "orders");
        metered.advance(Duration.ofMinutes(20));
        double refreshed = metered.gauge("secrets.age", "orders");
        memory.fail("secret-path/orders");
        metered.advance(Duration.ofMinutes(20));

        assertThat(young).isEqualTo(40);
        assertThat(refreshed).isBetween(0.0, 300.0);
        assertThat(metered.gauge("secrets.age", "orders")).isBetween(1200.0, 1500.0);
    }

    @Test
    void theAgeOfSecretsWithoutAnAliasIsThatOfTheOldest() {
        memory.put("one", "a").put("two", "b");
        LiveSecret<SecretValue> one = metered.hold("mem:one");
        metered.advance(Duration.ofSeconds(40));
        LiveSecret<SecretValue> two = metered.hold("mem:two");
        metered.advance(Duration.ofSeconds(5));

        assertThat(one.status().age()).isGreaterThan(two.status().age());
        assertThat(metered.gauge("secrets.age", "none")).isEqualTo(45);
    }

    @Test
    void whatCannotChangeAndWhatHasNoValueYetHaveNoAge() {
        memory.put("pinned", "a");
        LiveSecret<SecretValue> pinned = metered.hold("mem:pinned?version=1");
        LiveSecret<SecretValue> absent = metered.hold("mem:absent");
        metered.advance(Duration.ofHours(2));

        assertThat(pinned.status().state()).isEqualTo(State.FRESH);
        assertThat(absent.status().state()).isEqualTo(State.WAITING);
        assertThat(metered.gauge("secrets.age", "none")).isNaN();
        assertThat(metered.gauge("secrets.fresh", "none")).isEqualTo(1);
    }

    @Test
    void everySecretInUseIsCountedInOneState() {
        memory.put("other", "a");
        LiveSecret<SecretValue> orders = metered.hold(ORDERS);
        LiveSecret<SecretValue> other = metered.hold("mem:other");
        LiveSecret<SecretValue> later = metered.hold("mem:later");
        assertThat(states("orders")).containsExactly(1, 0, 0, 0);
        assertThat(states("none")).containsExactly(1, 0, 0, 1);

        memory.fail("other");
        metered.advance(Duration.ofMinutes(6));
        assertThat(states("none")).containsExactly(0, 1, 0, 1);

        metered.advance(Duration.ofHours(1));
        assertThat(states("none")).containsExactly(0, 0, 1, 1);

        memory.put("later", "b");
        memory.recover("other");
        metered.advance(Duration.ofMinutes(2));
        assertThat(states("none")).containsExactly(2, 0, 0, 0);

        other.close();
        later.close();
        metered.advance(Duration.ofHours(1));
        assertThat(states("none")).containsExactly(0, 0, 0, 0);
        assertThat(orders.get().reveal()).isEqualTo("first");
    }

    private double[] states(String alias) {
        return new double[] {
            metered.gauge("secrets.fresh", alias),
            metered.gauge("secrets.stale", alias),
            metered.gauge("secrets.withdrawn", alias),
            metered.gauge("secrets.waiting", alias)
        };
    }

    @Test
    void everyCallIsTimed() {
        memory.delay("secret-path/orders", Duration.ofSeconds(2));
        LiveSecret<SecretValue> live = metered.hold(ORDERS);
        metered.advance(Duration.ofSeconds(2));
        var timer = metered.registry
                .get("secrets.fetch")
                .tags(Metered.tags("orders"))
                .timer();

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(2, within(1e-6));

        metered.advance(Duration.ofMinutes(20));

        assertThat(timer.count()).isEqualTo(memory.fetches("secret-path/orders"));
    }

    @Test
    void everyFailedCallIsCountedAndTimed() {
        LiveSecret<SecretValue> unused = metered.hold(ORDERS);
        assertThat(metered.counter("secrets.fetch.failures", "orders")).isZero();

        memory.fail("secret-path/orders");
        metered.advance(Duration.ofMinutes(20));

        int calls = memory.fetches("secret-path/orders");
        var timer = metered.registry
                .get("secrets.fetch")
                .tags(Metered.tags("orders"))
                .timer();
        assertThat(calls).isGreaterThan(3);
        assertThat(metered.counter("secrets.fetch.failures", "orders")).isEqualTo(calls - 1);
        assertThat(timer.count()).isEqualTo(calls);
    }

    @Test
    void rotationsAreCounted() {
        LiveSecret<SecretValue> live = metered.hold(ORDERS);
        memory.put("secret-path/orders", "second");
        metered.advance(Duration.ofSeconds(1));
        memory.put("secret-path/orders", "third");
        metered.advance(Duration.ofMinutes(10));

        assertThat(live.get().reveal()).isEqualTo("third");
        assertThat(metered.counter("secrets.rotations", "orders")).isEqualTo(2);
    }

    @Test
    void theLeaseRunsDownAndIsLongAgainOnceItIsRenewedOrReplaced() {
        memory.lease("secret-path/orders", Duration.ofSeconds(90));
        LiveSecret<SecretValue> unused = metered.hold(ORDERS);
        var left = new ArrayList<Double>();
        for (int i = 0; i < 30; i++) {
            left.add(metered.gauge("secrets.lease.left", "orders"));
            metered.advance(Duration.ofSeconds(5));
        }

        assertThat(left.get(0)).isEqualTo(90);
        assertThat(left.get(1)).isEqualTo(85);
        assertThat(left).allSatisfy(seconds -> assertThat(seconds).isPositive());
        assertThat(left.subList(2, 30))
                .anySatisfy(seconds -> assertThat(seconds).isGreaterThan(85));
    }

    @Test
    void theLeaseOfAGroupIsTheOneThatEndsFirst() {
        memory.put("none", "a").put("long", "b").put("short", "c");
        memory.lease("long", Duration.ofHours(1));
        memory.lease("short", Duration.ofMinutes(10));
        LiveSecret<SecretValue> none = metered.hold("mem:none");
        assertThat(metered.gauge("secrets.lease.left", "none")).isNaN();

        LiveSecret<SecretValue> one = metered.hold("mem:long");
        LiveSecret<SecretValue> two = metered.hold("mem:short");

        assertThat(metered.gauge("secrets.lease.left", "none")).isEqualTo(600);
        assertThat(one.get().reveal() + two.get().reveal() + none.get().reveal())
                .isEqualTo("bca");
    }

    @Test
    void statusesAreLookedUpOnceASecondAtMost() {
        LiveSecret<SecretValue> unused = metered.hold(ORDERS);
        double read = metered.gauge("secrets.age", "orders");

        metered.time.advance(Duration.ofSeconds(10));
        metered.clock.add(Duration.ofMillis(999));
        double again = metered.gaugeAsRead("secrets.age", "orders");
        metered.clock.add(Duration.ofMillis(1));

        assertThat(read).isZero();
        assertThat(again).isZero();
        assertThat(metered.gaugeAsRead("secrets.age", "orders")).isEqualTo(10);
    }

    @Test
    void secretsOfSeveralSetUpsAreMeasuredTogether() {
        LiveSecret<SecretValue> unused = metered.hold(ORDERS);
        try (Secrets more = Secrets.builder()
                .time(metered.time)
                .source("mem", InMemorySecrets.create().put("secret-path/orders", "x"))
                .listener(metered.metrics)
                .build()) {
            metered.metrics.bind(more);
            metered.metrics.bind(more);
            boolean there = more.find(ORDERS).isPresent();

            assertThat(there).isTrue();
            assertThat(metered.gauge("secrets.fresh", "orders")).isEqualTo(2);
        }
        assertThat(metered.gauge("secrets.fresh", "orders")).isEqualTo(1);
        metered.close();
        assertThat(metered.gauge("secrets.fresh", "orders")).isNaN();
    }

    @Test
    void withoutAnAliasEverythingIsMeasuredBySource() {
        var registry = new SimpleMeterRegistry();
        SecretsMetrics metrics = SecretsMetrics.of(registry);
        try (Secrets secrets = Secrets.builder()
                .time(metered.time)
                .source("shop", InMemorySecrets.create().put("a", "x"))
                .listener(metrics)
                .build()) {
            metrics.bind(secrets);
            assertThat(registry.getMeters()).isEmpty();
            boolean there = secrets.find("shop:a").isPresent();
            metered.time.settle();

            assertThat(there).isTrue();
            assertThat(registry.get("secrets.fresh")
                            .tag("source", "shop")
                            .gauge()
                            .value())
                    .isEqualTo(1);
        }
    }

    @Test
    void anAliasIsRefusedThatIsNoNameOrOneTooMany() {
        SecretsMetrics.Builder builder = SecretsMetrics.builder(metered.registry)
                .alias("a", "mem:one#user")
                .alias("a", "mem:one#password");

        assertThatThrownBy(() -> builder.alias(" ", "mem:two")).hasMessage("alias must not be blank nor 'none': ' '");
        assertThatThrownBy(() -> builder.alias("none", "mem:two"))
                .hasMessage("alias must not be blank nor 'none': 'none'");
        assertThatThrownBy(() -> builder.alias("b", "mem:one"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("alias 'b' is one too many: mem:one has the alias 'a'");
        assertThatThrownBy(() -> builder.alias("c", "no reference")).isInstanceOf(InvalidSecretRefException.class);
    }
}
