package io.github.secretsource.benchmarks;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.spi.SecretData;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A thousand threads ask for one cold secret of a store that takes 20 ms: the time until all have it, and the calls. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 20)
public class ColdStampede {

    private static final int WAITERS = 1_000;

    private Secrets secrets;
    private AsyncLoadingCache<String, SecretValue> cache;
    private final AtomicInteger store = new AtomicInteger();

    /** Calls to the store. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Calls {

        /** Of one stampede. */
        public int calls;
    }

    /** Starts cold. */
    @Setup(Level.Iteration)
    public void cold() {
        store.set(0);
        secrets = Secrets.builder()
                .source("store", (id, context) -> SecretData.of(fetch()))
                .build();
        cache = Caffeine.newBuilder().maximumSize(1_000).buildAsync(key -> fetch());
    }

    /** Ends what an iteration made. */
    @TearDown(Level.Iteration)
    public void close() {
        secrets.close();
    }

    private SecretValue fetch() {
        store.incrementAndGet();
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return SecretValue.of("value");
    }

    /** Ours. */
    @Benchmark
    public void secretsGet(Calls calls) throws InterruptedException {
        stampede(() -> secrets.get("store:cold"), calls);
    }

    /** The peer: an asynchronous Caffeine cache. */
    @Benchmark
    public void caffeineAsync(Calls calls) throws InterruptedException {
        stampede(() -> cache.get("cold").join(), calls);
    }

    private void stampede(Runnable read, Calls calls) throws InterruptedException {
        var ready = new CountDownLatch(WAITERS);
        var go = new CountDownLatch(1);
        var done = new CountDownLatch(WAITERS);
        for (int i = 0; i < WAITERS; i++) {
            var reader = new Thread(() -> {
                ready.countDown();
                try {
                    go.await();
                    read.run();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.countDown();
            });
            reader.setDaemon(true);
            reader.start();
        }
        ready.await();
        go.countDown();
        done.await();
        calls.calls += store.get();
    }
}
