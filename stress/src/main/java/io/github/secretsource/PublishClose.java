package io.github.secretsource;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A handle with a consumer is closed while the secret rotates: no delivery begins once it is closed. */
@JCStressTest
@Outcome(id = "1 2", expect = Expect.ACCEPTABLE, desc = "told before it was closed")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "closed before it was told")
@Outcome(expect = Expect.FORBIDDEN, desc = "told late, twice, out of order or two at once")
@State
public class PublishClose {

    private final StillEngine still = new StillEngine();
    private final LiveSecret<String> handle = still.open();
    private final Told told = new Told();

    /** Subscribes, and rotates the secret at its store; nobody knows yet. */
    public PublishClose() {
        told.subscribeTo(handle);
        still.store().rotate();
        still.later();
    }

    /** Publishes; then does what the threads of the consumers do. */
    @Actor
    public void publish() {
        still.keeper().hinted();
        still.work();
        still.deliveries().run(told);
    }

    /** Closes. */
    @Actor
    public void close() {
        told.close(handle);
    }

    /** Delivers what is left. */
    @Arbiter
    public void look(L_Result result) {
        still.deliveries().run(told);
        result.r1 = told.toString();
    }
}
