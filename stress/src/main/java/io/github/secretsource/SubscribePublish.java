package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A consumer is subscribed while the secret rotates: it is told the latest in the end, none twice, none out of order. */
@JCStressTest
@Outcome(id = "1 2", expect = Expect.ACCEPTABLE, desc = "it was told both")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the rotation came first")
@Outcome(expect = Expect.FORBIDDEN, desc = "not told, told twice, out of order or two at once")
@State
public class SubscribePublish {

    private final StillEngine still = new StillEngine();
    private final LiveSecret<String> handle = still.open();
    private final Told told = new Told();

    /** Rotates the secret at its store; nobody knows yet. */
    public SubscribePublish() {
        still.store().rotate();
        still.later();
    }

    /** Subscribes; then does what the threads of the consumers do. */
    @Actor
    public void subscribe() {
        told.subscribeTo(handle);
        still.deliveries().run(told);
    }

    /** Publishes; then does what the threads of the consumers do. */
    @Actor
    public void publish() {
        still.keeper().hinted();
        still.work();
        still.deliveries().run(told);
    }

    /** Delivers what is left. */
    @Arbiter
    public void look(L_Result result) {
        still.deliveries().run(told);
        result.r1 = told.toString();
    }
}
