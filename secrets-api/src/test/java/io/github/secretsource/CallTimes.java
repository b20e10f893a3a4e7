package io.github.secretsource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When a source was called, in order.
 *
 * @param nanos the readings of the monotonic clock
 */
record CallTimes(List<Long> nanos) {

    static CallTimes of(ScriptedSource source) {
        return new CallTimes(
                source.calls().stream().map(ScriptedSource.Call::nanos).sorted().toList());
    }

    /** Those at or after a moment. */
    CallTimes since(long moment) {
        return new CallTimes(nanos.stream().filter(at -> at - moment >= 0).toList());
    }

    /** Those after a moment. */
    CallTimes after(long moment) {
        return since(moment + 1);
    }

    int count() {
        return nanos.size();
    }

    List<Duration> gaps() {
        var gaps = new ArrayList<Duration>();
        for (int i = 1; i < nanos.size(); i++) {
            gaps.add(Duration.ofNanos(nanos.get(i) - nanos.get(i - 1)));
        }
        return gaps;
    }

    /** How many fell into the fullest span of this length. */
    int mostWithin(Duration span) {
        int most = 0;
        int from = 0;
        for (int to = 0; to < nanos.size(); to++) {
            while (nanos.get(to) - nanos.get(from) >= span.toNanos()) {
                from++;
            }
            most = Math.max(most, to - from + 1);
        }
        return most;
    }
}
