package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * A value is refused by a server while the store rotates and hints: the call that was on its way and the one for the
 * hint never overlap, and the newer value arrives.
 */
@JCStressTest
@Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE, desc = "the newer value came at once")
@Outcome(id = "none, 1, 2", expect = Expect.ACCEPTABLE, desc = "the store was asked before it rotated")
@Outcome(id = "none, 2, 2", expect = Expect.ACCEPTABLE, desc = "the same, and the hint was followed just then")
@Outcome(expect = Expect.FORBIDDEN, desc = "the refused value came back, the newer was lost, or two calls overlapped")
@State
public class RejectRefresh {

    private final StillEngine still = new StillEngine();
    private final LiveSecret<String> handle = still.open();

    /** A while passes, so that the source may be asked again. */
    public RejectRefresh() {
        still.time().moveTo(5 * Plan.SECOND);
    }

    /** Rejects the value shown, waits, and looks what is shown then. */
    @Actor
    public void reject(LLL_Result result) {
        result.r1 = handle.rejected("1").orElse("none");
        result.r2 = handle.get();
    }

    /** Rotates and hints. */
    @Actor
    public void refresh() {
        still.store().rotate();
        still.keeper().hinted();
        still.work();
    }

    /** Looks whether the newer value arrives. */
    @Arbiter
    public void look(LLL_Result result) {
        still.later();
        still.work();
        result.r3 = still.store().wasCrowded() ? "two calls at once" : handle.get();
    }
}
