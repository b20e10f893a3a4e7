package io.github.secretsource.source;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretNotFoundException.Reason;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One path of an in-memory source: its versions and what is scripted for it. Guarded by the lock of its store. */
final class MemorySecret {

    private final Map<String, SecretData> versions = new HashMap<>();
    private final Map<String, String> stages = new HashMap<>();
    private @Nullable String current;
    private @Nullable String previous;
    private int numbered;
    private boolean removed;

    final List<Long> fetchTimes = new ArrayList<>();
    Duration delay = Duration.ZERO;
    MemoryPause.@Nullable Gate gate;

    @Nullable
    Function<SecretId, SecretException> trouble;

    @Nullable
    LeaseTerms lease;

    /** What leases of this secret are like. */
    record LeaseTerms(Duration ttl, boolean renewable) {}

    void put(SecretData data) {
        String version = add(data);
        if (!version.equals(current)) {
            previous = current;
        }
        current = version;
    }

    void putStage(String stage, SecretData data) {
        stages.put(stage, add(data));
    }

    private String add(SecretData data) {
        String version = data.version().orElseGet(() -> Integer.toString(++numbered));
        versions.put(version, data.withVersion(version));
        return version;
    }

    void remove() {
        removed = current != null || removed;
        versions.clear();
        stages.clear();
        current = null;
        previous = null;
    }

    void expireAt(Instant moment) {
        if (current == null) {
            throw new IllegalStateException("nothing to expire; put a value first");
        }
        versions.computeIfPresent(current, (version, data) -> data.withExpiresAt(moment));
    }

    void delay(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative: " + time);
        }
        delay = time;
    }

    /** Closes the gate, unless calls already hang at it. */
    void hang(boolean deaf) {
        if (gate == null) {
            gate = MemoryPause.Gate.closed(deaf);
        }
    }

    SecretData answer(SecretId id) {
        String version = switch (id.selector()) {
            case CURRENT -> current;
            case PREVIOUS -> previous;
            case VERSION -> id.selectorValue().orElseThrow();
            case STAGE -> stages.get(id.selectorValue().orElseThrow());
        };
        SecretData data = version == null ? null : versions.get(version);
        if (data == null) {
            throw new SecretNotFoundException(id, "is not in memory", "put it, or put that version or stage")
                    .because(removed ? Reason.DELETED : Reason.ABSENT);
        }
        return data;
    }
}
