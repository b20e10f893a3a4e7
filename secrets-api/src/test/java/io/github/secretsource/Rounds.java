package io.github.secretsource;

import java.util.concurrent.Callable;

/** Measures again, since machines are busy: what a promise about time is held to is the best of a few rounds. */
public final class Rounds {

    private static final int MOST = 5;

    private Rounds() {}

    /** The least of what up to five rounds measure; those after the first that is good enough are not made. */
    public static double least(double enough, Callable<? extends Number> round) throws Exception {
        double least = round.call().doubleValue();
        for (int i = 1; i < MOST && least > enough; i++) {
            least = Math.min(least, round.call().doubleValue());
        }
        return least;
    }
}
