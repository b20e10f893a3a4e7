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
            boolean unused = look();
            engine.agenda().set(this, monotonic + BEAT);
            begun = true;
        }
    }

    /** Reads both clocks; false if the machine paused between the two, so that they say nothing of each other. */
    private boolean look() {
        long before = engine.nanos();
        Instant read = engine.now();
        long after = engine.nanos();
        if (after - before > Plan.SECOND / 10) {
            return false;
        }
        wall = read;
        monotonic = before;
        return true;
    }

    @Override
    void fire(long now) {
        Instant lastWall = wall;
        long lastMonotonic = monotonic;
        boolean read = look();
        engine.agenda().set(this, now + BEAT);
        if (read) {
            Duration drift = Duration.between(lastWall, wall).minusNanos(monotonic - lastMonotonic);
            if (drift.abs().compareTo(DRIFT) > 0) {
                engine.clocksParted(drift);
            }
        }
    }
}
