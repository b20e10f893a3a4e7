package io.github.secretsource.vault;

import io.github.secretsource.SecretException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Rounds of tests that hold somebody to a time, since machines are busy. */
final class Rounds {
    private static final int MOST = 5;

    private Rounds() {}

    /** What is shown in one round. */
    interface Round {
        void run() throws Exception;
    }

    /** The shortest of what up to five rounds take; those after the first that is short enough are not made. */
    static Duration shortest(Duration enough, Callable<Duration> round) throws Exception {
        Duration shortest = round.call();
        for (int more = 1; more < MOST && shortest.compareTo(enough) > 0; more++) {
            Duration took = round.call();
            shortest = took.compareTo(shortest) < 0 ? took : shortest;
        }
        return shortest;
    }

    /**
     * Makes a round, and again if it failed while the machine stalled for longer than the slack, up to five. A round
     * that failed is never taken for one that did not.
     *
     * @param question what takes no time unless the machine stalls, see {@link Stalls}
     */
    static void calm(Duration slack, Runnable question, Round round) throws Exception {
        for (int left = MOST - 1; ; left--) {
            Stalls stalls = Stalls.among(question);
            try {
                round.run();
                return;
            } catch (AssertionError | SecretException e) {
                Duration longest = stalls.end();
                if (left == 0 || longest.compareTo(slack) <= 0) {
                    e.addSuppressed(new AssertionError("the longest stall of this round was " + longest));
                    throw e;
                }
                System.out.println("again after a stall of " + longest + ": " + e);
            } finally {
                var unused = stalls.end();
            }
        }
    }
}
