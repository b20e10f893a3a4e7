package io.github.secretsource.micrometer;

import io.github.secretsource.SecretStatus;
import io.github.secretsource.SecretStatus.State;
import java.time.Duration;

/** How the secrets of one group stand together, as gauges show it: times in seconds, NaN where there is none. */
record Figures(double age, double leaseLeft, double fresh, double stale, double withdrawn, double waiting) {

    /** No secret of the group is in use. */
    static final Figures NONE = new Figures(Double.NaN, Double.NaN, 0, 0, 0, 0);

    /** Nobody can say: nothing is bound, or everything that was is closed. */
    static final Figures UNKNOWN = new Figures(Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    static Figures of(SecretStatus status) {
        State state = status.state();
        return new Figures(
                ages(status) ? seconds(status.age()) : Double.NaN,
                status.leaseLeft().map(Figures::seconds).orElse(Double.NaN),
                state == State.FRESH ? 1 : 0,
                state == State.STALE ? 1 : 0,
                state == State.WITHDRAWN ? 1 : 0,
                state == State.WAITING ? 1 : 0);
    }

    /** The greatest age, the least time left, and the sums. Comparisons with NaN are false. */
    Figures plus(Figures other) {
        return new Figures(
                Double.isNaN(age) || other.age > age ? other.age : age,
                Double.isNaN(leaseLeft) || other.leaseLeft < leaseLeft ? other.leaseLeft : leaseLeft,
                fresh + other.fresh,
                stale + other.stale,
                withdrawn + other.withdrawn,
                waiting + other.waiting);
    }

    /** What cannot change is not fetched again, and what has no value yet is no age old. */
    private static boolean ages(SecretStatus status) {
        return status.rotates() && status.state() != State.WAITING;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
