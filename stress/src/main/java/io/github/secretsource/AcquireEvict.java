package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A handle is opened while the secret is evicted: it never hangs on a keeper that has left. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "it was opened, and follows the rotation")
@Outcome(expect = Expect.FORBIDDEN, desc = "it has no value, or does not follow")
@State
public class AcquireEvict {

    private final StillEngine still = new StillEngine();
    private final Keeper first = still.keeper();
    private LiveSecret<String> handle = LiveSecret.constant("not opened");

    /** Puts the secret into memory. */
    public AcquireEvict() {
        String unused = still.read();
    }

    /** Acquires. */
    @Actor
    public void acquire(LL_Result result) {
        handle = still.open();
        result.r1 = handle.get();
    }

    /** Evicts. */
    @Actor
    public void evict() {
        first.evicted();
    }

    /** Rotates. */
    @Arbiter
    public void look(LL_Result result) {
        result.r2 = still.fate(handle);
    }
}
