package io.github.secretsource;

/** Whether a source gets batches: for a minute after one was refused or failed it gets none. Safe for concurrent use. */
final class BatchGate {

    private static final long CLOSED = 60 * Plan.SECOND;

    private final Lane lane;
    private volatile long closedUntil;

    BatchGate(Lane lane) {
        this.lane = lane;
        this.closedUntil = lane.nanos();
    }

    /** How many secrets one call may ask for now; one where there are no batches. */
    int size() {
        return closedUntil - lane.nanos() > 0 ? 1 : lane.traits().batchSize();
    }

    void refused() {
        closedUntil = lane.nanos() + CLOSED;
    }
}
