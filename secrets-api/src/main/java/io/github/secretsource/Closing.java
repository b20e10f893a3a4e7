package io.github.secretsource;

import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The end, in at most five seconds: waiters are told and values dropped, the timer stops, each source closes its
 * watches and itself on a thread of its own, threads are waited for, and what did not end is named in one warning.
 */
final class Closing {

    private static final Duration SOURCES = Duration.ofSeconds(2);
    private static final Duration THREADS = Duration.ofSeconds(1);
    private static final Duration INTERRUPTED = Duration.ofMillis(500);

    private final Engine engine;
    private final List<Thread> closing = new ArrayList<>();

    Closing(Engine engine) {
        this.engine = engine;
    }

    void run() {
        // A pending interrupt would make every wait below end at once and good threads look stuck.
        boolean interrupted = Thread.interrupted();
        try {
            for (Keeper keeper : engine.keepers()) {
                keeper.close();
            }
            engine.agenda().close();
            closeSources();
            joinThreads();
            if (!report()) {
                reportLeases();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Interrupts the calls, then closes each source once, together. */
    private void closeSources() {
        boolean leases = engine.lanes().stream().anyMatch(lane -> lane.leases().hasAny());
        Set<SecretSource> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Lane lane : engine.lanes()) {
            lane.stop();
            var watches = new ArrayList<Subscription>();
            for (Keeper keeper : engine.keepers()) {
                if (keeper.lane() == lane) {
                    watches.add(keeper.watching().end());
                }
            }
            boolean once = seen.add(lane.source());
            closing.add(EngineThreads.start("secretsource-" + lane.name() + "-close", () -> {
                lane.leases().revokeAll(lane.name(), after(LeaseBook.PATIENCE));
                watches.forEach(Closing::quietly);
                lane.closeUnwatched();
                if (once) {
                    quietly(lane.source());
                }
            }));
        }
        join(closing, after(leases ? SOURCES.plus(LeaseBook.PATIENCE) : SOURCES));
    }

    static void quietly(AutoCloseable closed) {
        try {
            closed.close();
        } catch (Throwable e) {
            // Foreign code at its end: nobody can act on it, and its message may hold a value.
        }
    }

    private void joinThreads() {
        long deadline = after(THREADS);
        engine.events().finish();
        engine.listenerThreads().stop();
        closing.forEach(Thread::interrupt);
        join(closing, deadline);
        engine.lanes().forEach(lane -> lane.join(deadline));
        engine.listenerThreads().join(deadline);
        engine.events().join(deadline);
        if (!engine.events().alive().isEmpty()) {
            engine.events().stop();
        }
    }

    /** Names the threads that still run; false if there are none. */
    private boolean report() {
        // One that was about to start when the others were joined ends at once.
        long deadline = after(INTERRUPTED);
        List<Thread> left = left();
        while (!left.isEmpty() && deadline - Timeline.system().nanos() > 0) {
            join(left, deadline);
            left = left();
        }
        if (!left.isEmpty()) {
            Events.warnNow("Secrets closed while these threads still run, each until its call returns: "
                    + left.stream().map(Thread::getName).sorted().collect(Collectors.joining(", ")));
        }
        return !left.isEmpty();
    }

    /** Accounts at a store outlive us: somebody should know. */
    private void reportLeases() {
        for (Lane lane : engine.lanes()) {
            int left = lane.leases().count();
            if (left > 0) {
                Events.warnNow("Secrets closed with leases of source '" + lane.name() + "' that were not revoked: "
                        + left + "; they end by themselves");
            }
        }
    }

    private List<Thread> left() {
        var left = new ArrayList<>(
                closing.stream().filter(EngineThreads::isOtherAndAlive).toList());
        engine.lanes().forEach(lane -> left.addAll(lane.alive()));
        left.addAll(engine.listenerThreads().alive());
        left.addAll(engine.events().alive());
        return left;
    }

    private static void join(List<Thread> threads, long deadline) {
        threads.forEach(thread -> EngineThreads.join(thread, deadline));
    }

    /** The real clock: the end of threads is not a matter of fake time. */
    private static long after(Duration wait) {
        return Timeline.system().after(wait);
    }
}
