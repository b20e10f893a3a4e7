package io.github.secretsource.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.Canary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a registry sees of secrets, how long it holds them, and many threads at once. */
class MetersInTheRegistryTest {

    @Test
    void noMeterHoldsAValueAPathOrAVersion() {
        var canary = Canary.next();
        try (var metered = Metered.bound()) {
            var data = SecretData.of(SecretValue.of(canary.value())).withVersion("secret-version");
            metered.memory.put("secret-path/orders", data).put("secret-path/users", data);
            LiveSecret<SecretValue> orders = metered.hold("mem:secret-path/orders");
            LiveSecret<SecretValue> users = metered.hold("mem:secret-path/users");
            LiveSecret<SecretValue> pinned = metered.hold("mem:secret-path/users?version=secret-version");
            metered.memory.put("secret-path/users", canary.value() + "2");
            metered.memory.fail("secret-path/orders");
            metered.advance(Duration.ofHours(2));

            String dump = metered.metrics + dump(metered);

            assertThat(List.of(orders.status(), users.status(), pinned.status()))
                    .hasSize(3);
            assertThat(dump).contains("secrets.withdrawn", "alias=none", "alias=orders", "source=mem");
            assertThat(canary.findIn(dump)).isEmpty();
            assertThat(dump).doesNotContain("secret-path", "secret-version", "users", "password");
        }
    }

    private static String dump(Metered metered) {
        var text = new StringBuilder(metered.registry.getMetersAsString());
        for (Meter meter : metered.registry.getMeters()) {
            Meter.Id id = meter.getId();
            text.append('\n').append(id.getName()).append(id.getDescription()).append(id.getBaseUnit());
            for (Tag tag : id.getTags()) {
                text.append(' ').append(tag.getKey()).append('=').append(tag.getValue());
            }
            meter.measure().forEach(measured -> text.append(' ').append(measured));
        }
        return text.toString();
    }

    @Test
    void theTagsAreSourceAndAliasOnEveryMeter() {
        try (var metered = Metered.bound()) {
            metered.memory.put("other", "a");
            LiveSecret<SecretValue> unused = metered.hold("mem:other");
            var keys = new HashMap<String, Set<List<String>>>();
            for (Meter meter : metered.registry.getMeters()) {
                var its = meter.getId().getTags().stream().map(Tag::getKey).toList();
                keys.computeIfAbsent(meter.getId().getName(), name -> new HashSet<>())
                        .add(its);
            }

            assertThat(keys)
                    .containsOnlyKeys(
                            "secrets.age",
                            "secrets.fetch",
                            "secrets.fetch.failures",
                            "secrets.fresh",
                            "secrets.lease.left",
                            "secrets.rotations",
                            "secrets.stale",
                            "secrets.waiting",
                            "secrets.withdrawn");
            assertThat(keys.values()).allSatisfy(its -> assertThat(its).containsExactly(List.of("alias", "source")));
        }
    }

    @Test
    void thereAreAsManySeriesAsSourcesAndAliases() {
        try (var metered = Metered.bound()) {
            var handles = new ArrayList<LiveSecret<SecretValue>>();
            for (int i = 0; i < 100; i++) {
                metered.memory.put("many/" + i, "a");
                handles.add(metered.hold("mem:many/" + i));
            }

            assertThat(handles).hasSize(100);
            assertThat(metered.gauge("secrets.fresh", "none")).isEqualTo(100);
            assertThat(metered.registry.getMeters()).hasSize(2 * 9);
        }
    }

    @Test
    void gaugesAreNotANumberBeforeBindingAndAfterClosing() {
        try (var metered = new Metered()) {
            assertThat(metered.gauge("secrets.fresh", "orders")).isNaN();
            metered.metrics.bind(metered.secrets);
            assertThat(metered.gauge("secrets.fresh", "orders")).isZero();

            metered.secrets.close();
            metered.clock.add(Duration.ofSeconds(1));

            assertThat(metered.registry.getMeters().stream()
                            .filter(meter -> meter.getId().getType() == Meter.Type.GAUGE)
                            .flatMap(meter -> metered.registry.get(meter.getId().getName()).gauges().stream()))
                    .hasSize(6)
                    .allSatisfy(gauge -> assertThat(gauge.value()).isNaN());
        }
    }

    @Test
    void closedSecretsAreLetGoAtTheNextRead() {
        var metered = new Metered();
        WeakReference<Secrets> closed = boundAndClosed(metered);
        assertThat(metered.gauge("secrets.fresh", "orders")).isNaN();

        awaitCollected(closed);

        assertThat(closed.get()).isNull();
        metered.close();
    }

    private static WeakReference<Secrets> boundAndClosed(Metered metered) {
        Secrets secrets = open();
        metered.metrics.bind(secrets);
        assertThat(metered.gauge("secrets.fresh", "orders")).isZero();
        secrets.close();
        return new WeakReference<>(secrets);
    }

    @Test
    void theRegistryHoldsWhatItsGaugesNeed() {
        try (var metered = new Metered()) {
            WeakReference<Object> marker = forgottenMetrics(metered);
            awaitCollected(marker);

            assertThat(marker.get()).isNull();
            assertThat(metered.registry
                            .get("secrets.fresh")
                            .tag("alias", "forgotten")
                            .gauge()
                            .value())
                    .isZero();
        }
    }

    private static WeakReference<Object> forgottenMetrics(Metered metered) {
        SecretsMetrics.builder(metered.registry)
                .alias("forgotten", "mem:forgotten")
                .build()
                .bind(metered.secrets);
        return new WeakReference<>(new Object());
    }

    private static void awaitCollected(WeakReference<?> reference) {
        for (int i = 0; i < 100 && reference.get() != null; i++) {
            System.gc();
            LockSupport.parkNanos(1_000);
        }
    }

    private static Secrets open() {
        return Secrets.builder()
                .source("mem", InMemorySecrets.create().put("a", "x"))
                .build();
    }

    @Test
    void countsEachCallWhereManySetUpsFetchAndGaugesAreReadMeanwhile() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (var metered = Metered.bound()) {
            var begin = new CountDownLatch(1);
            var callers = new ArrayList<Future<?>>();
            for (int i = 0; i < 4; i++) {
                callers.add(threads.submit(() -> fetch(metered, begin)));
            }
            begin.countDown();
            for (int i = 0; i < 100; i++) {
                assertThat(metered.gauge("secrets.fresh", "orders")).isZero();
            }
            for (Future<?> caller : callers) {
                assertThat(caller.get()).isNull();
            }

            var timer = metered.registry
                    .get("secrets.fetch")
                    .tags(Metered.tags("none"))
                    .timer();
            assertThat(timer.count()).isEqualTo(4 * 50);
            assertThat(metered.gauge("secrets.fresh", "none")).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Closing tells the events that are queued. */
    private static void fetch(Metered metered, CountDownLatch begin) {
        try (Secrets secrets = Secrets.builder()
                .source("mem", InMemorySecrets.create().put("a", "x"))
                .listener(metered.metrics)
                .build()) {
            metered.metrics.bind(secrets);
            begin.await();
            for (int i = 0; i < 50; i++) {
                assertThat(secrets.getWithin("mem:a", Duration.ZERO).reveal()).isEqualTo("x");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
