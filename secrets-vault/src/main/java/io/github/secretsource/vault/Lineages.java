package io.github.secretsource.vault;

import io.github.secretsource.SecretId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells a secret that was made anew from an old answer of a server that lags behind: neither has a higher number than
 * what was read before, but what was made anew was written later. Safe for concurrent use.
 */
final class Lineages {
    private static final int MOST = 10_000;

    private final Map<SecretId, Last> last = new ConcurrentHashMap<>();

    /** The newest that was read, and the moment at which the first of its line was written, as the server writes it. */
    private record Last(String begun, long number, String written) {

        Last then(long otherNumber, String otherWritten) {
            if (otherNumber > number) {
                return new Last(begun, otherNumber, otherWritten);
            }
            return isLater(otherWritten) ? new Last(otherWritten, otherNumber, otherWritten) : this;
        }

        /** Read as moments only where the texts differ, which is seldom, since it takes longer than all the rest. */
        private boolean isLater(String other) {
            try {
                return !other.equals(written) && Instant.parse(other).isAfter(Instant.parse(written));
            } catch (DateTimeParseException e) {
                return false;
            }
        }
    }

    /** What the number of a version belongs to, which was written at a moment. */
    String of(SecretId id, long number, String written) {
        if (last.size() >= MOST) {
            last.clear(); // A lineage that begins anew is believed, no more.
        }
        return last.compute(
                        id,
                        (same, before) ->
                                before == null ? new Last(written, number, written) : before.then(number, written))
                .begun();
    }
}
