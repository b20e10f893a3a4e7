package io.github.secretsource.test;

import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A fetch on a thread of its own, which can be given up as the engine gives up a call. */
final class RunningFetch {

    private final CompletableFuture<SecretData> done = new CompletableFuture<>();
    private final Thread thread;

    private RunningFetch(Callable<SecretData> fetch) {
        thread = ContractThreads.start("caller", () -> run(fetch));
    }

    static RunningFetch start(Callable<SecretData> fetch) {
        return new RunningFetch(fetch);
    }

    private void run(Callable<SecretData> fetch) {
        try {
            done.complete(fetch.call());
        } catch (Throwable e) {
            // Whatever a source throws is what the test looks at.
            done.completeExceptionally(e);
        }
    }

    /** Waits for its end until the deadline of the call, then interrupts it and waits for the grace; true if it ended. */
    boolean endsBy(FetchContext call, Duration grace) throws InterruptedException {
        if (endsWithin(call.remaining())) {
            return true;
        }
        thread.interrupt();
        return endsWithin(grace);
    }

    boolean endsWithin(Duration limit) throws InterruptedException {
        return Timeline.system().await(done, Timeline.system().after(limit));
    }

    void interrupt() {
        thread.interrupt();
    }

    /** What it returned or threw. */
    SecretData result() throws Throwable {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
