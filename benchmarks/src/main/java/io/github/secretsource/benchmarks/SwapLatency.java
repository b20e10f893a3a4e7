package io.github.secretsource.benchmarks;

import io.github.secretsource.Secrets;
import io.github.secretsource.source.MountedVolumes;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * From the swap of a kubelet volume to a listener that holds the new value, against a bare {@link WatchService} whose
 * thread reads the file: swaps alternate between the two in one run. The clock starts when the rename of {@code ..data}
 * returns. Exit 1 if our 99th percentile is more than twice the peer's.
 */
public final class SwapLatency {

    private static final int WARM_UP = 50;

    private SwapLatency() {}

    /** A moment at which a value was held. */
    private record Seen(String value, long moment) {}

    /**
     * Runs.
     *
     * @param args the number of swaps for each side, 400 by default
     * @throws Exception if something unforeseen happens
     */
    public static void main(String[] args) throws Exception {
        int swaps = args.length > 0 ? Integer.parseInt(args[0]) : 400;
        Path folder = Files.createTempDirectory("swap-latency");
        var ours = KubeletVolume.create(folder.resolve("ours"));
        var bare = KubeletVolume.create(folder.resolve("bare"));
        ours.writeText(Map.of("key", "start"));
        bare.writeText(Map.of("key", "start"));
        double[] oursMicros = new double[swaps];
        double[] bareMicros = new double[swaps];
        var oursSeen = new LinkedBlockingQueue<Seen>();
        var bareSeen = new LinkedBlockingQueue<Seen>();
        try (Secrets secrets = Secrets.builder()
                        .source(
                                "file",
                                MountedVolumes.builder()
                                        .mount("ours", ours.folder())
                                        .build())
                        .build();
                WatchService watch = FileSystems.getDefault().newWatchService()) {
            var live = secrets.live("file:ours#key");
            var told = live.subscribe(value -> oursSeen.add(new Seen(value.reveal(), System.nanoTime())));
            bare.folder().register(watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            var reader = new Thread(() -> read(watch, bare.folder(), bareSeen), "bare-watch");
            reader.setDaemon(true);
            reader.start();
            for (int i = -WARM_UP; i < swaps; i++) {
                double o = swap(ours, "value-" + i, oursSeen);
                double b = swap(bare, "value-" + i, bareSeen);
                if (i >= 0) {
                    oursMicros[i] = o;
                    bareMicros[i] = b;
                }
            }
            told.close();
        } finally {
            ours.unmount();
            bare.unmount();
            Files.deleteIfExists(folder);
        }
        report(oursMicros, bareMicros);
    }

    private static double swap(KubeletVolume volume, String value, BlockingQueue<Seen> seen) throws Exception {
        long[] swapped = new long[1];
        volume.onStep(step -> {
            if (step == KubeletVolume.Step.DATA_SWAPPED) {
                swapped[0] = System.nanoTime();
            }
        });
        volume.writeText(Map.of("key", value));
        while (true) {
            Seen next = seen.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException("missed " + value);
            }
            if (next.value().equals(value)) {
                // Longer than the 50 ms that a local source leaves between two fetches; kubelet swaps once a minute.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(60));
                return Math.max(0, next.moment() - swapped[0]) / 1e3;
            }
        }
    }

    private static void read(WatchService watch, Path folder, BlockingQueue<Seen> seen) {
        try {
            String last = "";
            while (true) {
                WatchKey key = watch.take();
                key.pollEvents();
                key.reset();
                String value = current(folder, last);
                if (!value.equals(last)) {
                    last = value;
                    seen.add(new Seen(value, System.nanoTime()));
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException | IOException e) {
            // The run is over.
        }
    }

    private static String current(Path folder, String last) throws IOException {
        try {
            return new String(Files.readAllBytes(folder.resolve("key")), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return last;
        }
    }

    private static void report(double[] ours, double[] bare) {
        Arrays.sort(ours);
        Arrays.sort(bare);
        System.out.println("swap → value held, microseconds       p50      p99      max   (" + ours.length + " swaps)");
        line("SecretSource, listener", ours);
        line("bare WatchService, reading thread", bare);
        double ratio = percentile(ours, 0.99) / percentile(bare, 0.99);
        System.out.printf("p99 ratio %.2f (goal: at most 2)%n", ratio);
        System.exit(ratio <= 2 ? 0 : 1);
    }

    private static void line(String name, double[] sorted) {
        System.out.printf(
                "%-34s %8.0f %8.0f %8.0f%n",
                name, percentile(sorted, 0.5), percentile(sorted, 0.99), sorted[sorted.length - 1]);
    }

    private static double percentile(double[] sorted, double share) {
        return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
    }
}
