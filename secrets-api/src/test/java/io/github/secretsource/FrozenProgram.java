package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that reads without end, so that another process can freeze it. Its source answers until then and never
 * again. It says when everything is refused, and how long after the freeze the last value older than {@code maxStale}
 * came out.
 */
final class FrozenProgram {

    static final Duration MAX_STALE = Duration.ofMillis(300);
    private static final int SECRETS = 50;

    /** Nobody runs for so long: that is the freeze, which lasts longer, and no busy machine. */
    private static final long FREEZE = Duration.ofMillis(1_200).toNanos();

    /** Of each reader between two reads, times their number: ten thousand reads a second by all of them. */
    private static final long PAUSE = 100_000;

    private final List<LiveSecret<Long>> handles = new ArrayList<>();

    /** When somebody last ran, and when somebody ran again after the freeze; zero before. */
    private final AtomicLong alive = new AtomicLong(System.nanoTime());

    private final AtomicLong thawed = new AtomicLong();

    /** When the last read after the freeze began that returned a value older than it may be. */
    private final AtomicLong lastTooOld = new AtomicLong();

    private FrozenProgram() {}

    /** Takes the number of readers. */
    public static void main(String[] arguments) throws InterruptedException {
        new FrozenProgram().run(Integer.parseInt(arguments[0]));
    }

    private void run(int readers) throws InterruptedException {
        var source = new ScriptedSource().always(ScriptedSource.data(this::fetched));
        var policy =
                RefreshPolicy.unset().withRefreshAfter(Duration.ofMillis(100)).withMaxStale(MAX_STALE);
        try (var secrets = Secrets.builder().source("s", source, policy).build()) {
            for (int i = 0; i < SECRETS; i++) {
                handles.add(secrets.live(
                        "s:app" + i, secret -> Long.parseLong(secret.value().reveal())));
                moment();
            }
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < readers; i++) {
                int first = i;
                threads.add(EngineThreads.start("reader", () -> readUntilRefused(first, readers * PAUSE)));
            }
            System.out.println("ready");
            for (Thread thread : threads) {
                thread.join();
            }
        }
        long last = lastTooOld.get();
        System.out.println(
                "lag " + (last == 0 ? 0 : Duration.ofNanos(last - thawed.get()).toMillis()));
    }

    /** The value is the moment its fetch began. */
    private SecretData fetched() {
        long now = moment();
        if (thawed.get() != 0) {
            throw new IllegalStateException("the store is gone since the freeze");
        }
        return SecretData.of(SecretValue.of(Long.toString(now)));
    }

    /** Now; whoever asks first after the freeze has seen its end. */
    private long moment() {
        long now = System.nanoTime();
        if (now - alive.getAndSet(now) > FREEZE) {
            thawed.compareAndSet(0, now);
        }
        return now;
    }

    /** Until everything is refused after the freeze. */
    private void readUntilRefused(int first, long pause) {
        int refused = 0;
        for (int i = first; refused < SECRETS; i++) {
            long now = moment();
            boolean isAfter = thawed.get() != 0;
            refused = read(handles.get(i % SECRETS), now, isAfter) || !isAfter ? 0 : refused + 1;
            LockSupport.parkNanos(pause);
        }
    }

    /** Whether there is a value. */
    private boolean read(LiveSecret<Long> handle, long now, boolean isAfter) {
        try {
            long age = now - handle.get();
            if (isAfter && age > MAX_STALE.toNanos()) {
                lastTooOld.accumulateAndGet(now, Math::max);
            }
            return true;
        } catch (SecretException e) {
            return false;
        }
    }
}
