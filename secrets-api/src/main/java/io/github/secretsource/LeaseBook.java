package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Every lease of one source that has not ended: those in use and those that were replaced, whose consumers may still
 * use them until they end by themselves or the library closes. Safe for concurrent use.
 */
final class LeaseBook {

    /** How long a store may take to revoke, one lease or at close all of them. */
    static final Duration PATIENCE = Duration.ofMillis(1_250);

    private static final int THREADS = 32;

    /** A lease and the reading of the monotonic clock at which it ends. */
    private record Entry(LeaseTerms terms, long ends) {}

    private final Timeline timeline;
    private final Agenda agenda;
    private final Map<String, Entry> alive = new ConcurrentHashMap<>();
    private volatile int pruneAt = 64;
    private volatile @Nullable EngineThreads revoking;

    LeaseBook(Timeline timeline, Agenda agenda) {
        this.timeline = timeline;
        this.agenda = agenda;
    }

    /** Notes a new lease, or the new end of one that was renewed. */
    void note(LeaseTerms terms, long ends) {
        long now = timeline.nanos();
        if (alive.size() >= pruneAt) {
            alive.values().removeIf(entry -> entry.ends() - now <= 0);
            pruneAt = Math.max(64, 2 * alive.size());
        }
        alive.put(terms.id(), new Entry(terms, ends == Schedule.NEVER ? now + Long.MAX_VALUE / 2 : ends));
    }

    /** Revokes a lease that nobody uses, on the calling thread, which is one of the source's. */
    void revoke(LeaseTerms terms) {
        var revocation = new Revocation(terms);
        agenda.set(revocation, timeline.after(PATIENCE));
        try {
            revocation.task.run();
            if (revocation.done) {
                alive.remove(terms.id()); // Else it is tried again at close.
            }
        } finally {
            agenda.cancel(revocation);
            Thread.interrupted(); // An interrupt meant for this call must not reach the next one on this thread.
        }
    }

    boolean hasAny() {
        return !alive.isEmpty();
    }

    /** How many have not ended. */
    int count() {
        long now = timeline.nanos();
        return (int)
                alive.values().stream().filter(entry -> entry.ends() - now > 0).count();
    }

    /** Gives back all that have not ended, together, until a reading of the real monotonic clock. At close. */
    void revokeAll(String source, long deadline) {
        if (alive.isEmpty()) {
            return;
        }
        long now = timeline.nanos();
        var threads = new EngineThreads(timeline, "secretsource-" + source + "-revoke", THREADS);
        revoking = threads;
        for (Entry entry : List.copyOf(alive.values())) {
            if (entry.ends() - now > 0) {
                threads.execute(() -> revoke(entry.terms()));
            }
        }
        threads.finish();
        threads.join(deadline);
        threads.stop();
    }

    /** The threads whose revocation has not returned. */
    List<Thread> threads() {
        EngineThreads threads = revoking;
        return threads == null ? List.of() : threads.alive();
    }

    /** One call to the store, interrupted when it takes too long. */
    private final class Revocation extends Timed implements FetchContext, Runnable {

        private final LeaseTerms terms;
        private final long deadline = timeline.after(PATIENCE);
        private final FutureTask<@Nullable Void> task = new FutureTask<>(this, null);
        private volatile boolean done;

        Revocation(LeaseTerms terms) {
            this.terms = terms;
        }

        @Override
        public void run() {
            try {
                terms.lease().revoke(this);
                done = true;
            } catch (Throwable e) {
                // Foreign code. A lease that could not be revoked ends by itself; the message may hold a token.
            }
        }

        @Override
        void fire(long now) {
            task.cancel(true);
        }

        @Override
        public Duration remaining() {
            return Duration.ofNanos(Math.max(0, deadline - timeline.nanos()));
        }

        @Override
        public boolean freshLogin() {
            return false;
        }

        @Override
        public Optional<String> knownVersion() {
            return Optional.empty();
        }
    }
}
