package io.github.secretsource;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Flights that leave together, in as few calls as their sources allow. For one thread.
 *
 * <p>There is no time window in which single reads are collected: only who asks for several at once fills it.
 */
final class Departures {

    private final Map<Lane, List<Flight>> flights = new HashMap<>();

    void add(Lane lane, Flight flight) {
        List<Flight> gathered = flights.get(lane);
        if (gathered == null) {
            gathered = new ArrayList<>();
            flights.put(lane, gathered);
        }
        gathered.add(flight);
    }

    /** How many of a lane have gathered. */
    int count(Lane lane) {
        return flights.getOrDefault(lane, List.of()).size();
    }

    /** Hands all to their lanes. */
    void depart() {
        for (Map.Entry<Lane, List<Flight>> gathered : flights.entrySet()) {
            depart(gathered.getKey(), gathered.getValue());
        }
        flights.clear();
    }

    private static void depart(Lane lane, List<Flight> waiting) {
        int size = lane.batches().size();
        for (int from = 0; from < waiting.size(); from += size) {
            var together = List.copyOf(waiting.subList(from, Math.min(waiting.size(), from + size)));
            if (together.size() == 1) {
                lane.submit(together.get(0).call());
            } else {
                Batch.submit(lane, together);
            }
        }
    }
}
