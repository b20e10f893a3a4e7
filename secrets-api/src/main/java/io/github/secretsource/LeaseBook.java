package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every lease of one source that has not ended: those in use and those that were replaced, whose consumers may still
 * use them until they end by themselves or the library closes. Safe for concurrent use.
 */
final class LeaseBook {

    /** How long a store may take to revoke one. */
    static final Duration PATIENCE = Duration.ofMillis(1_500);

    /** A lease and the reading of the monotonic clock at which it ends. */
    private record Entry(Lease lease, long ends) {}

    private static final int THREADS = 16;

    private final Timeline timeline;
    private volatile @Nullable EngineThreads revoking;
    private final Map<String, Entry> alive = new ConcurrentHashMap<>();

    LeaseBook(Timeline timeline) {
        this.timeline = timeline;
    }

    /** Notes a new lease, or the new end of one that was renewed. */
    void note(Lease lease, long ends) {
        long now = timeline.nanos();
        alive.values().removeIf(entry -> entry.ends() - now <= 0);
        alive.put(lease.id(), new Entry(lease, ends));
    }

    /** Revokes a lease that nobody uses, on the calling thread, which is one of the source's. */
    void revoke(Lease lease) {
        alive.remove(lease.id());
        try {
            lease.revoke(new Brief(timeline, timeline.after(PATIENCE)));
        } catch (Throwable e) {
            // Foreign code. A lease that could not be revoked ends by itself; the message may hold a token.
        }
    }

    boolean hasAny() {
        return !alive.isEmpty();
    }

    /** Gives back all that have not ended, together, until a reading of the real monotonic clock. At close. */
    void revokeAll(String source, long deadline) {
        if (alive.isEmpty()) {
            return;
        }
        long now = timeline.nanos();
        var threads = new EngineThreads(timeline, "secretsource-" + source + "-revoke", THREADS);
        revoking = threads;
        for (Entry entry : alive.values()) {
            if (entry.ends() - now > 0) {
                threads.execute(() -> revoke(entry.lease()));
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

    /** Someone who has little time. */
    private record Brief(Timeline timeline, long deadline) implements FetchContext {

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
