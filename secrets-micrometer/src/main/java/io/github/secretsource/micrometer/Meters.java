package io.github.secretsource.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of one group, in a registry. Safe for concurrent use. */
final class Meters {

    private final MeterRegistry registry;
    private final Group group;
    private final Board board;
    private final Timer fetch;
    private final Counter failures;
    private final Counter rotations;

    /** Registers them; those that the registry has already are used. */
    Meters(MeterRegistry registry, Group group, Board board) {
        this.registry = registry;
        this.group = group;
        this.board = board;
        fetch = Timer.builder("secrets.fetch")
                .description("Calls to the source, failed ones too")
                .tags(group.tags())
                .register(registry);
        failures = counter("secrets.fetch.failures", "Calls to the source that ended without a value");
        rotations = counter("secrets.rotations", "Changes of content");
        seconds("secrets.age", "Time since the oldest value was confirmed by its source", Figures::age);
        seconds("secrets.lease.left", "Time until the first lease ends", Figures::leaseLeft);
        count("secrets.fresh", "Secrets whose last refresh succeeded", Figures::fresh);
        count("secrets.stale", "Secrets served although their last refresh failed", Figures::stale);
        count("secrets.withdrawn", "Secrets whose reads are refused", Figures::withdrawn);
        count("secrets.waiting", "Secrets that are held and have no value yet", Figures::waiting);
    }

    void fetched(Duration took, boolean failed) {
        fetch.record(took);
        if (failed) {
            failures.increment();
        }
    }

    void rotated() {
        rotations.increment();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(group.tags()).register(registry);
    }

    /** A gauge in the registry's unit of time. Its supplier, which the registry holds, keeps the board alive. */
    private void seconds(String name, String description, ToDoubleFunction<Figures> figure) {
        var unused = TimeGauge.builder(name, reading(figure), TimeUnit.SECONDS)
                .description(description)
                .tags(group.tags())
                .register(registry);
    }

    private void count(String name, String description, ToDoubleFunction<Figures> figure) {
        var unused = Gauge.builder(name, reading(figure))
                .description(description)
                .tags(group.tags())
                .register(registry);
    }

    private Supplier<Number> reading(ToDoubleFunction<Figures> figure) {
        return () -> figure.applyAsDouble(board.figures(group));
    }
}
