package io.github.secretsource.vault;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.view.UsernamePassword;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** What a consumer was told, and whether the pair before was still good at that moment. Safe for concurrent use. */
final class Rotations {
    private static final Duration STEP = Duration.ofMillis(20);

    private final Predicate<UsernamePassword> accepts;
    private final List<Told> told = new CopyOnWriteArrayList<>();

    /**
     * One delivery.
     *
     * @param at when
     * @param pair the new one
     * @param inTime whether the one before was still accepted
     */
    record Told(Instant at, UsernamePassword pair, boolean inTime) {}

    private Rotations(Predicate<UsernamePassword> accepts) {
        this.accepts = accepts;
    }

    /** Follows a handle. */
    static Rotations of(LiveSecret<UsernamePassword> live, Predicate<UsernamePassword> accepts) {
        var rotations = new Rotations(accepts);
        var unused = live.subscribe(rotations::tell);
        return rotations;
    }

    private void tell(UsernamePassword pair) {
        var now = Instant.now();
        boolean inTime =
                told.isEmpty() || accepts.test(told.get(told.size() - 1).pair());
        told.add(new Told(now, pair, inTime));
    }

    List<Told> told() {
        return told;
    }

    List<String> users() {
        return told.stream().map(one -> one.pair().username()).toList();
    }

    UsernamePassword latest() {
        return told.get(told.size() - 1).pair();
    }

    /** Does something every few milliseconds for a while. */
    static void during(Duration time, Runnable task) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            task.run();
            LockSupport.parkNanos(STEP.toNanos());
        }
    }
}
