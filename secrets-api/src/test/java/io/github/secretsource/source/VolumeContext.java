package io.github.secretsource.source;

import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What the engine gives a source, with a second that passes when the test says so. */
final class VolumeContext implements SourceContext, AutoCloseable {

    final FakeTime time = FakeTime.create();
    private final List<Runnable> repeating = new CopyOnWriteArrayList<>();
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        var thread = new Thread(task, "volume-context");
        thread.setDaemon(true);
        return thread;
    });

    @Override
    public String name() {
        return "file";
    }

    @Override
    public Timeline timeline() {
        return time;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
        repeating.add(task);
        return () -> repeating.remove(task);
    }

    /** Runs everything that repeats, once, on this thread. */
    void second() {
        time.advance(Duration.ofSeconds(1));
        repeating.forEach(Runnable::run);
    }

    int repeating() {
        return repeating.size();
    }

    /** Whether all threads ended by themselves soon. */
    boolean endsByItself() throws InterruptedException {
        executor.shutdown();
        return executor.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    @Override
    public void leasesInDoubt() {}
}
