package io.github.secretsource.vault;

import io.github.secretsource.SecretId;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells a secret that was made anew from an old answer of a server that lags behind: neither has a higher number than
 * what was read before, but what was made anew was written later. Safe for concurrent use.
 */
final class Lineages {
    private static final int MOST = 10_000;

    private final Map<SecretId, Last> last = new ConcurrentHashMap<>();

    /** The newest that was read, and the moment at which the first of its line was written. */
    private record Last(Instant begun, long number, Instant written) {

        Last then(long otherNumber, Instant otherWritten) {
            if (otherNumber > number) {
                return new Last(begun, otherNumber, otherWritten);
            }
            return otherWritten.isAfter(written) ? new Last(otherWritten, otherNumber, otherWritten) : this;
        }
    }

    /** What the number of a version belongs to. */
    String of(SecretId id, long number, Instant written) {
        if (last.size() >= MOST) {
            last.clear(); // A lineage that begins anew is believed, no more.
        }
        return last.compute(
                        id,
                        (same, before) ->
                                before == null ? new Last(written, number, written) : before.then(number, written))
                .begun()
                .toString();
    }
}
