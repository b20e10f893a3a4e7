package io.github.secretsource.test;

import java.time.Duration;

/**
 * What a proxy does to an answer: it waits before each portion, and after so many bytes it ends the connection in some
 * way. Each fault counts its own bytes, so two equal ones are not the same. Immutable.
 */
final class Fault {
    /** How a connection ends. */
    enum Ending {
        RESET,
        CLOSE,
        HALF_CLOSE
    }

    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Duration pause;
    private final int portion;
    private final long limit;
    private final Ending ending;

    private Fault(Duration pause, int portion, long limit, Ending ending) {
        this.pause = pause;
        this.portion = portion;
        this.limit = limit;
        this.ending = ending;
    }

    static Fault none() {
        return paced(Duration.ZERO, Integer.MAX_VALUE);
    }

    static Fault delay(Duration pause) {
        return paced(positive(pause, "delay"), Integer.MAX_VALUE);
    }

    static Fault drip(Duration pause) {
        return paced(positive(pause, "drip"), 1);
    }

    static Fault hole() {
        return paced(FOREVER, Integer.MAX_VALUE);
    }

    static Fault endAfter(long bytes, Ending ending) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative: " + bytes);
        }
        return new Fault(Duration.ZERO, Integer.MAX_VALUE, bytes, ending);
    }

    Duration pause() {
        return pause;
    }

    Ending ending() {
        return ending;
    }

    /** Whether nothing passes, in either direction. */
    boolean isHole() {
        return pause.equals(FOREVER);
    }

    /** How many bytes may follow those already passed, of those that wait. */
    int room(long passed, int waiting) {
        return (int) Math.min(Math.min(portion, waiting), limit - passed);
    }

    boolean endsAt(long passed) {
        return passed >= limit;
    }

    private static Fault paced(Duration pause, int portion) {
        return new Fault(pause, portion, Long.MAX_VALUE, Ending.CLOSE);
    }

    private static Duration positive(Duration pause, String name) {
        if (pause.isZero() || pause.isNegative()) {
            throw new IllegalArgumentException(name + " must be positive: " + pause);
        }
        return pause;
    }
}
