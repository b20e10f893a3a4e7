package io.github.secretsource.servers.azure;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;

/** The time at the service: the real one, and what tests added. */
final class ServiceClock {
    private final AtomicReference<Duration> added = new AtomicReference<>(Duration.ZERO);

    Instant now() {
        return Instant.now().plus(added.get()).truncatedTo(ChronoUnit.SECONDS);
    }

    void advance(Duration by) {
        added.accumulateAndGet(by, Duration::plus);
    }
}
