package io.github.secretsource.spi;

import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import java.time.Duration;
import java.util.concurrent.Executor;

/** What a source gets instead of threads and clocks. Only this library implements it. Safe for concurrent use. */
public interface SourceContext {

    /**
     * Returns the name under which this source is configured.
     *
     * @return the part of a reference before the colon
     */
    String name();

    /**
     * Returns the clocks.
     *
     * @return time, real or fake
     */
    Timeline timeline();

    /**
     * Returns threads for background work, such as a watch that blocks: daemons, up to 8, interrupted at close.
     *
     * @return runs tasks soon; refuses them silently after close
     */
    Executor executor();

    /**
     * Runs a task again and again on {@link #executor()}, never overlapping itself.
     *
     * @param period from the start of one run to the start of the next; positive
     * @param task what to run; what it throws is dropped
     * @return stops the repetition when closed
     */
    Subscription every(Duration period, Runnable task);

    /**
     * Says that leases given so far may have ended early, as when the login under which they were given was lost. The
     * engine renews those in use at once, a few at a time, and replaces those that the store no longer knows.
     */
    void leasesInDoubt();
}
