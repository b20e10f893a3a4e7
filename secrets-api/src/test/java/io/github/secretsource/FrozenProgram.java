package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that reads without end what its source answered once, so that another process can freeze it. It says when
 * everything is refused, and how long after the freeze the last value older than {@code maxStale} came out.
 */
final class FrozenProgram {

    static final Duration MAX_STALE = Duration.ofMillis(300);
    private static final int SECRETS = 50;
    private static final long FREEZE = Duration.ofMillis(500).toNanos();
    private static final long PAUSE = 200_000;

    private final List<LiveSecret<Long>> handles = new ArrayList<>();

    /** When a reader last ran, and when the first one ran again after a freeze; zero before. */
    private final AtomicLong alive = new AtomicLong(System.nanoTime());

    private final AtomicLong thawed = new AtomicLong();

    /** When the last read began that returned a value older than it may be. */
    private final AtomicLong lastTooOld = new AtomicLong();

    private FrozenProgram() {}

    /** Takes the number of readers. */
    public static void main(String[] arguments) throws InterruptedException {
        new FrozenProgram().run(Integer.parseInt(arguments[0]));
    }

    private void run(int readers) throws InterruptedException {
        // The value is the moment its fetch began.
        var source = new ScriptedSource()
                .always(ScriptedSource.data(() -> SecretData.of(SecretValue.of(Long.toString(System.nanoTime())))));
        var policy =
                RefreshPolicy.unset().withRefreshAfter(Duration.ofMillis(100)).withMaxStale(MAX_STALE);
        try (var secrets = Secrets.builder().source("s", source, policy).build()) {
            for (int i = 0; i < SECRETS; i++) {
                handles.add(secrets.live(
                        "s:app" + i, secret -> Long.parseLong(secret.value().reveal())));
            }
            source.always(ScriptedSource.down());
            var threads = new ArrayList<Thread>();
            for (int i = 0; i < readers; i++) {
                int first = i;
                threads.add(EngineThreads.start("reader", () -> readUntilRefused(first)));
            }
            System.out.println("ready");
            for (Thread thread : threads) {
                thread.join();
            }
        }
        System.out.println("lag " + lag().toMillis());
    }

    /** A day if it was not frozen while it had values. */
    private Duration lag() {
        if (thawed.get() == 0) {
            return Duration.ofDays(1);
        }
        return lastTooOld.get() == 0 ? Duration.ZERO : Duration.ofNanos(lastTooOld.get() - thawed.get());
    }

    private void readUntilRefused(int first) {
        int refused = 0;
        for (int i = first; refused < SECRETS; i++) {
            long now = System.nanoTime();
            if (now - alive.getAndSet(now) > FREEZE) {
                thawed.compareAndSet(0, now);
            }
            refused = read(handles.get(i % SECRETS), now) ? 0 : refused + 1;
            LockSupport.parkNanos(PAUSE);
        }
    }

    /** Whether there is a value. */
    private boolean read(LiveSecret<Long> handle, long now) {
        try {
            if (now - handle.get() > MAX_STALE.toNanos()) {
                lastTooOld.accumulateAndGet(now, Math::max);
            }
            return true;
        } catch (SecretException e) {
            return false;
        }
    }
}
