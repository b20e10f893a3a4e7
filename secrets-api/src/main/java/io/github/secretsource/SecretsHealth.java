package io.github.secretsource;

import java.util.List;

/** How all secrets in use stand at one moment, without their values. Immutable and safe for concurrent use. */
public final class SecretsHealth {

    /** How well, from best to worst. */
    public enum Level {
        /** Every secret in use is fresh. */
        UP,
        /** Some last refresh failed; everything is still served. */
        DEGRADED,
        /** Some secret in use is refused. */
        DOWN
    }

    private final Level level;
    private final List<SecretStatus> troubled;
    private final long droppedEvents;

    SecretsHealth(Level level, List<SecretStatus> troubled, long droppedEvents) {
        this.level = level;
        this.troubled = List.copyOf(troubled);
        this.droppedEvents = droppedEvents;
    }

    /**
     * Returns the level.
     *
     * @return that of the secret in use that stands worst
     */
    public Level level() {
        return level;
    }

    /**
     * Returns the secrets in use that are stale, withdrawn or still waited for.
     *
     * @return their statuses; unmodifiable, empty when {@link Level#UP}
     */
    public List<SecretStatus> troubled() {
        return troubled;
    }

    /**
     * Returns how many events were dropped because listeners were too slow.
     *
     * @return the count since the start
     */
    public long droppedEvents() {
        return droppedEvents;
    }

    @Override
    public String toString() {
        return "SecretsHealth[" + level + ", troubled=" + troubled + ", droppedEvents=" + droppedEvents + "]";
    }
}
