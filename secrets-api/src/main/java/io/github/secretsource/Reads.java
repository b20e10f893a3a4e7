package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads secrets for callers: from memory, or by waiting for a flight. Safe for concurrent use. */
final class Reads {

    private final Engine engine;
    private final Timeline timeline;

    Reads(Engine engine) {
        this.engine = engine;
        this.timeline = engine.timeline();
    }

    /** The content, from memory or by waiting for one flight, at most the policy's wait deadline. */
    Secret secret(SecretId id) {
        Keeper keeper = engine.keeper(id);
        keeper.touch(); // First, so that a lease that is about to be given back is kept.
        Secret secret = keeper.current().secret();
        return secret != null ? secret : awaited(id, timeline.nanos(), null);
    }

    /** The same for a wait that began then and lasts as long as said, or as the policy says. */
    Secret secret(SecretId id, long began, @Nullable Duration atMost) {
        engine.keeper(id).touch();
        return awaited(id, began, atMost);
    }

    /** The same for a handle, whose hold on it counts, not that it was read. */
    Secret awaited(SecretId id, long began, @Nullable Duration atMost) {
        while (true) {
            Keeper keeper = engine.keeper(id);
            Secret secret = keeper.current().secret();
            if (secret != null) {
                return secret;
            }
            Flight flight = keeper.board(null);
            if (flight != null) {
                Duration wait = atMost != null ? atMost : keeper.policy().waitDeadline();
                return await(keeper, flight, began, wait);
            }
        }
    }

    /** The content, fetched no longer ago than {@code maxAge}. */
    Secret secretWithin(SecretId id, Duration maxAge) {
        long began = timeline.nanos();
        long oldest = began - Plan.nanos(maxAge);
        while (true) {
            Keeper keeper = engine.keeper(id);
            Flight flight = keeper.boardSince(oldest);
            if (flight != null) {
                Secret unused = await(keeper, flight, began, keeper.policy().waitDeadline());
                if (flight.sent() - oldest >= 0 && keeper.isInDoubtSince(oldest)) {
                    throw inDoubt(id);
                }
                continue; // It may have begun too early: look again.
            }
            Secret secret = keeper.current().secret();
            if (secret != null) {
                keeper.touch();
                return secret;
            }
        }
    }

    private static SecretException inDoubt(SecretId id) {
        return new SecretUnavailableException(
                id,
                "was answered by something older than what is held",
                "wait half a minute: if its store still says so then, it is believed");
    }

    /** Waits for a flight; an exception is the caller's own instance. */
    private Secret await(Keeper keeper, Flight flight, long began, Duration atMost) {
        try {
            if (!timeline.await(flight.done(), began + Plan.nanos(atMost))) {
                throw new SecretUnavailableException(
                        keeper.id(),
                        "got no answer within " + atMost,
                        "see whether the store of its source is reachable");
            }
        } catch (InterruptedException e) {
            throw interrupted(keeper);
        }
        Landing landing = flight.done().join();
        if (landing.secret() != null) {
            return landing.secret();
        }
        if (landing.problem() != null) {
            throw landing.problem().again();
        }
        throw Engine.closedProblem();
    }

    /** Waits for a flight, if there is one, and then, if there is something new, until a handle shows it or cannot. */
    void awaitNewer(
            Keeper keeper, @Nullable Flight flight, CompletableFuture<Void> next, LongSupplier shown, long deadline) {
        try {
            if ((flight == null || timeline.await(flight.done(), deadline))
                    && keeper.current().sequence() > shown.getAsLong()
                    && timeline.await(next, deadline)) {
                engine.checkOpen();
            }
        } catch (InterruptedException e) {
            throw interrupted(keeper);
        }
    }

    private static SecretException interrupted(Keeper keeper) {
        Thread.currentThread().interrupt();
        return new SecretUnavailableException(
                keeper.id(), "was not waited for: the thread was interrupted", "ask again on another thread");
    }
}
