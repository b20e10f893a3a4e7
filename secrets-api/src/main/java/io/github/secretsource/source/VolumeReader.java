package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Looks at the files of a secret until what it saw is of one piece: one generation of a kubelet volume, or plain files
 * that nobody is writing to. Immutable and safe for concurrent use.
 *
 * <p>Its clock is always the real one: writers and the file system, whose times it compares, know no other.
 *
 * @param limit the most bytes of one file
 * @param settle how long plain files must have been left alone
 */
record VolumeReader(int limit, Duration settle) {

    private static final Timeline TIME = Timeline.system();
    private static final int ATTEMPTS_AT_ONCE = 10;
    private static final int ATTEMPTS = 100;
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(5);

    SecretData fetch(VolumePath place, FetchContext context) {
        VolumeSnapshot seen = look(place);
        while (!seen.isSettled(settle, TIME.now())) {
            if (context.remaining().compareTo(settle) < 0) {
                throw FileProblem.unsteady(place.id());
            }
            pause(place.id(), settle);
            VolumeSnapshot again = look(place);
            if (again.confirms(seen)) {
                return again.data();
            }
            seen = again;
        }
        return seen.data();
    }

    private VolumeSnapshot look(VolumePath place) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (attempt >= ATTEMPTS_AT_ONCE) {
                pause(place.id(), BETWEEN_ATTEMPTS);
            }
            Optional<VolumeSnapshot> seen = attempt(place);
            if (seen.isPresent()) {
                return seen.get();
            }
        }
        throw FileProblem.unsteady(place.id());
    }

    private Optional<VolumeSnapshot> attempt(VolumePath place) {
        try {
            return VolumeLook.at(place, limit);
        } catch (IOException e) {
            if (FileProblem.isPassing(e)) {
                return Optional.empty();
            }
            throw FileProblem.of(place.id(), e);
        }
    }

    private static void pause(SecretId id, Duration length) {
        try {
            TIME.await(new CompletableFuture<>(), TIME.after(length));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw FileProblem.interrupted(id);
        }
    }
}
