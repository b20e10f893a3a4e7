package io.github.secretsource.micrometer;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.FakeTime;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;

/** A registry, and secrets in memory under the source name mem, in one fake time. */
final class Metered implements AutoCloseable {

    final FakeTime time = FakeTime.create();
    final InMemorySecrets memory = InMemorySecrets.create();
    final MockClock clock = new MockClock();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
    final SecretsMetrics metrics = SecretsMetrics.builder(registry)
            .alias("orders", "mem:secret-path/orders#password")
            .build();
    final Secrets secrets =
            Secrets.builder().time(time).source("mem", memory).listener(metrics).build();

    /** Secrets that are bound, with a value for the alias orders. */
    static Metered bound() {
        var metered = new Metered();
        metered.memory.put("secret-path/orders", "first");
        metered.metrics.bind(metered.secrets);
        return metered;
    }

    LiveSecret<SecretValue> hold(String ref) {
        LiveSecret<SecretValue> live = secrets.liveLater(ref, Secret::value);
        time.settle();
        return live;
    }

    /** Both clocks go on, as they do in a process. */
    void advance(Duration span) {
        time.advance(span);
        clock.add(span);
    }

    /** A gauge as it is now, not as it was read up to a second ago. */
    double gauge(String name, String alias) {
        time.settle();
        clock.add(Duration.ofSeconds(1));
        return gaugeAsRead(name, alias);
    }

    double gaugeAsRead(String name, String alias) {
        return registry.get(name).tags(tags(alias)).gauge().value();
    }

    double counter(String name, String alias) {
        time.settle();
        return registry.get(name).tags(tags(alias)).counter().count();
    }

    static Tags tags(String alias) {
        return Tags.of("source", "mem", "alias", alias);
    }

    @Override
    public void close() {
        secrets.close();
    }
}
