package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A consumer is subscribed while the secret rotates and its handle is closed: no delivery begins once it is closed. */
@JCStressTest
@Outcome(id = "1, subscribed", expect = Expect.ACCEPTABLE, desc = "closed before it was told of the rotation")
@Outcome(id = "1 2, subscribed", expect = Expect.ACCEPTABLE, desc = "told both")
@Outcome(id = "2, subscribed", expect = Expect.ACCEPTABLE, desc = "the rotation came first")
@Outcome(id = ", refused", expect = Expect.ACCEPTABLE, desc = "the close came first")
@Outcome(id = ", subscribed", expect = Expect.ACCEPTABLE, desc = "the close came between the check and the delivery")
@Outcome(expect = Expect.FORBIDDEN, desc = "told late, though refused, twice, out of order or two at once")
@State
public class SubscribeClose {

    private final StillEngine still = new StillEngine();
    private final LiveSecret<String> handle = still.open();
    private final Told told = new Told();

    /** Rotates the secret at its store; nobody knows yet. */
    public SubscribeClose() {
        still.store().rotate();
        still.later();
    }

    /** Subscribes; then does what the threads of the consumers do. */
    @Actor
    public void subscribe(LL_Result result) {
        try {
            told.subscribeTo(handle);
            result.r2 = "subscribed";
        } catch (IllegalStateException e) {
            result.r2 = "refused";
        }
        still.deliveries().run(told);
    }

    /** Publishes, does what the threads of the consumers do, and closes. */
    @Actor
    public void publishAndClose() {
        still.keeper().hinted();
        still.work();
        still.deliveries().run(told);
        told.close(handle);
    }

    /** Delivers what is left. */
    @Arbiter
    public void look(LL_Result result) {
        still.deliveries().run(told);
        result.r1 = told.toString();
    }
}
