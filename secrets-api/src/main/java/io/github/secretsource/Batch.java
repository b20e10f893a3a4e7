package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Flights that share one call to their source. What the answer leaves out is asked for singly; if the whole call is
 * refused or fails, everything is, and the source gets no batches for a minute.
 */
final class Batch implements Runnable, FetchContext {

    private final Lane lane;
    private final List<Flight> flights;

    Batch(Lane lane, List<Flight> flights) {
        this.lane = lane;
        this.flights = flights;
    }

    /** Hands the flights to the lane together. */
    static void submit(Lane lane, List<Flight> flights) {
        var call = new Call(lane, new Batch(lane, flights), flights.size());
        flights.forEach(flight -> flight.carriedBy(call));
        lane.submit(call);
    }

    @Override
    public void run() {
        Map<SecretId, Outcome<SecretData>> outcomes;
        try {
            outcomes = Objects.requireNonNull(ask());
            says(null);
        } catch (Throwable e) {
            // Foreign code, whose message may hold a value. Each secret finds out for itself what is wrong.
            failed(e);
            outcomes = Map.of();
        }
        Thread.interrupted(); // An interrupt meant for this call must not reach the next one on this thread.
        for (Flight flight : flights) {
            settle(flight, outcomes);
        }
    }

    private Map<SecretId, Outcome<SecretData>> ask() {
        var ids = new LinkedHashMap<SecretId, Flight>();
        for (Flight flight : flights) {
            if (!flight.done().isDone() && lane.turnstile().refusal(flight) == null) {
                flight.begins();
                ids.put(flight.keeper().id(), flight);
            }
        }
        return ids.isEmpty() ? Map.of() : lane.source().fetchAll(Collections.unmodifiableSet(ids.keySet()), this);
    }

    /** A batch that is throttled says nothing about single calls; one that got no answer does. */
    private void failed(Throwable problem) {
        lane.batches().refused();
        boolean throttled = problem instanceof SecretUnavailableException outage
                && outage.retryAfter().isPresent();
        boolean refused = problem instanceof SecretAccessException || problem instanceof UnsupportedOperationException;
        SecretException told =
                problem instanceof SecretException own ? own : flights.get(0).foreign(problem);
        says(throttled || refused ? null : told);
    }

    /** One call is one answer, whatever it says of each secret. */
    private void says(@Nullable SecretException problem) {
        Flight first = flights.get(0);
        boolean unused = lane.turnstile().answered(first, problem, lane.nanos());
    }

    /** One secret's answer, however it is, must not cost the others theirs. */
    private static void settle(Flight flight, Map<SecretId, Outcome<SecretData>> outcomes) {
        try {
            Answer answer = answer(flight, outcomes);
            if (answer == null) {
                flight.goesOnAlone(false);
            } else if (answer.problem() instanceof SecretAccessException && flight.isCold()) {
                flight.goesOnAlone(true);
            } else {
                flight.lands(answer);
            }
        } catch (Error e) {
            // The machine is out of memory; the flight's deadline settles it.
        }
    }

    private static @Nullable Answer answer(Flight flight, Map<SecretId, Outcome<SecretData>> outcomes) {
        try {
            Outcome<SecretData> outcome = outcomes.get(flight.keeper().id());
            if (outcome == null) {
                return null;
            }
            SecretException problem = outcome.problem().orElse(null);
            return problem == null ? Answer.of(outcome.get()) : Answer.failed(problem);
        } catch (RuntimeException e) {
            return null; // A map or a lease that throws says nothing of the secret.
        }
    }

    @Override
    public Duration remaining() {
        return flights.stream().map(Flight::remaining).min(Duration::compareTo).orElse(Duration.ZERO);
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
