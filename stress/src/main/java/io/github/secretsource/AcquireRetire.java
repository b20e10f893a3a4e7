package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A handle is opened while the secret, long unread, leaves memory: it never hangs on a keeper that has left. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "it was opened, and follows the rotation")
@Outcome(expect = Expect.FORBIDDEN, desc = "it has no value, or does not follow")
@State
public class AcquireRetire {

    private static final long INTERVAL = Plan.nanos(RefreshPolicy.defaults().refreshAfter());

    private final StillEngine still = new StillEngine();
    private final Keeper first = still.keeper();
    private final long end;
    private LiveSecret<String> handle = LiveSecret.constant("not opened");

    /** Puts the secret into memory, refreshes it, puts it aside, and comes to when it is dropped. */
    public AcquireRetire() {
        String unused = still.read();
        still.pass(INTERVAL);
        still.pass(INTERVAL);
        end = still.time().nanos() + 2 * INTERVAL;
        still.time().moveTo(end);
    }

    /** Acquires. */
    @Actor
    public void acquire(LL_Result result) {
        handle = still.open();
        result.r1 = handle.get();
    }

    /** Does what the timer does. */
    @Actor
    public void retire() {
        first.fire(end);
    }

    /** Rotates. */
    @Arbiter
    public void look(LL_Result result) {
        result.r2 = still.fate(handle);
    }
}
