package io.github.secretsource.source;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What went wrong in the members asked so far for one secret, and what that means. Used by one thread. */
final class Failures {

    /** When a combination asks its next member. */
    enum MovesOn {
        AFTER_NOT_FOUND,
        AFTER_UNAVAILABLE;

        boolean after(Failure failure) {
            return failure.isNotFound() || (this == AFTER_UNAVAILABLE && failure.isUnavailable());
        }
    }

    private final SecretId id;
    private final MovesOn movesOn;
    private final List<Failure> found = new ArrayList<>();

    Failures(SecretId id, MovesOn movesOn) {
        this.id = id;
        this.movesOn = movesOn;
    }

    /** Adds one and returns whether the next member is to be asked. */
    boolean moveOnAfter(Failure failure) {
        found.add(failure);
        return movesOn.after(failure);
    }

    /**
     * Returns what the failures mean together. Not found needs every member to say so; an outage anywhere makes the
     * whole unavailable, since that member might have had the secret.
     */
    SecretException verdict(int members) {
        List<Failure> outages = found.stream().filter(Failure::isUnavailable).toList();
        if (!outages.isEmpty()) {
            return unavailable(outages);
        }
        Failure last = found.get(found.size() - 1);
        if (!last.isNotFound()) {
            return last.named(id);
        }
        return found.size() == members ? notFound() : outOfTime();
    }

    private SecretException unavailable(List<Failure> outages) {
        List<Duration> waits = outages.stream()
                .map(outage -> (SecretUnavailableException) outage.problem())
                .flatMap(outage -> outage.retryAfter().stream())
                .sorted()
                .toList();
        if (waits.size() == outages.size()) {
            return SecretUnavailableException.throttled(id, waits.get(0));
        }
        return new SecretUnavailableException(
                id, texts(), outages.get(outages.size() - 1).problem().fix());
    }

    private SecretException notFound() {
        var first = (SecretNotFoundException) found.get(0).problem();
        if (found.size() == 1) {
            return found.get(0).named(id);
        }
        return new SecretNotFoundException(id, texts(), first.fix()).because(first.reason());
    }

    private SecretException outOfTime() {
        String problem = texts() + ", and there was no time to ask further members";
        return new SecretUnavailableException(id, problem, "raise fetch-deadline, or look for a slow member");
    }

    private String texts() {
        return found.stream().map(Failure::text).collect(Collectors.joining(", "));
    }
}
