package io.github.secretsource;

import java.time.Duration;
import java.time.Instant;

/**
 * Compares the wall clock with the monotonic one each second. They part when the machine was suspended, restored from a
 * snapshot, or its clock was set: what is held may then be older than it looks. On the timer thread.
 */
final class ClockWatch extends Timed {

    private static final long BEAT = Plan.SECOND;
    private static final Duration DRIFT = Duration.ofSeconds(2);

    private final Engine engine;
    private volatile boolean begun;
    private Instant wall = Instant.EPOCH;
    private long monotonic;

    ClockWatch(Engine engine) {
        this.engine = engine;
    }

    /** Begins with the first secret that can grow old. */
    void begin() {
        if (!begun) {
            begun = true;
            look(engine.nanos());
            engine.agenda().set(this, monotonic + BEAT);
        }
    }

    private void look(long now) {
        wall = engine.now();
        monotonic = now;
    }

    @Override
    void fire(long now) {
        Duration passed = Duration.between(wall, engine.now());
        Duration drift = passed.minusNanos(now - monotonic);
        look(now);
        engine.agenda().set(this, now + BEAT);
        if (drift.abs().compareTo(DRIFT) > 0) {
            engine.clocksParted(drift);
        }
    }
}
