package io.github.secretsource.servers.aws;

import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;

/** How to remove what tests made at a server that outlives them. Safe for concurrent use. */
final class Leftovers {
    private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());

    private final Deque<Runnable> removals = new ConcurrentLinkedDeque<>();

    void add(Runnable removal) {
        removals.push(removal);
    }

    /** Removes the newest first; what cannot be removed, because a test did it or otherwise, is logged. */
    void remove() {
        for (Runnable removal = removals.poll(); removal != null; removal = removals.poll()) {
            try {
                removal.run();
            } catch (RuntimeException | AssertionError e) {
                LOG.log(System.Logger.Level.INFO, "left behind or gone before: {0}", e.getMessage());
            }
        }
    }
}
