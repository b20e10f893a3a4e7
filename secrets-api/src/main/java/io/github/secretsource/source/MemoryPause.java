package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Timeline;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How long one call is held up: until a moment, and until a gate opens. */
record MemoryPause(long untilNanos, boolean slow, @Nullable Gate gate) {

    private static final Duration FOREVER = Duration.ofDays(36_500);

    /** What a hung call waits for; a deaf one does not end by an interrupt, as some transports do not. */
    record Gate(CompletableFuture<Void> opened, boolean deaf) {

        static Gate closed(boolean deaf) {
            return new Gate(new CompletableFuture<>(), deaf);
        }
    }

    /** Waits on the caller's thread; an interrupt ends it as an outage, with the flag restored. */
    void await(SecretId id, Timeline timeline) {
        try {
            if (slow) {
                timeline.await(new CompletableFuture<>(), untilNanos);
            }
            if (gate != null && gate.deaf()) {
                awaitDeaf(gate, timeline);
            } else if (gate != null) {
                timeline.await(gate.opened(), timeline.after(FOREVER));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SecretUnavailableException(id, "did not answer before the call was given up", "wait for it");
        }
    }

    private static void awaitDeaf(Gate gate, Timeline timeline) {
        boolean interrupted = false;
        while (!gate.opened().isDone()) {
            try {
                timeline.await(gate.opened(), timeline.after(FOREVER));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
