package io.github.secretsource.test;

import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.SourceContext;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What a source gets at its start when the kit runs it without the engine: real time and threads, as many as there. */
final class ContractThreads implements SourceContext, AutoCloseable {

    /** What the names of all threads of the kit begin with. */
    static final String PREFIX = "contract-";

    private static final int MOST = 8;

    private final String name;
    private final AtomicInteger made = new AtomicInteger();
    private final ScheduledThreadPoolExecutor pool;

    ContractThreads(String name) {
        this.name = name;
        this.pool = new ScheduledThreadPoolExecutor(
                MOST, task -> daemon(PREFIX + "work-" + made.incrementAndGet(), task), new DiscardPolicy());
    }

    private static Thread daemon(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts a thread of a test itself, such as a caller that is to be interrupted. */
    static Thread start(String name, Runnable task) {
        Thread thread = daemon(PREFIX + name, task);
        thread.start();
        return thread;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Timeline timeline() {
        return Timeline.system();
    }

    @Override
    public Executor executor() {
        return pool;
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
        var repetition =
                pool.scheduleAtFixedRate(() -> run(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
        return () -> repetition.cancel(false);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            // Dropped as the engine drops it: the next run is the retry.
        }
    }

    /** Interrupts what runs; true if all of it ended soon. */
    boolean end(Duration limit) throws InterruptedException {
        pool.shutdownNow();
        return pool.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    @Override
    public void leasesInDoubt() {}
}
