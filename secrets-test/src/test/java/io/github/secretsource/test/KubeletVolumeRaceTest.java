package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KubeletVolumeRaceTest {
    private static final int READERS = 8;
    private static final int SWAPS = 2_000;

    @Test
    void readersNeverSeeAMixOfTwoWrites(@TempDir Path temp) throws Exception {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(pair(0));
        var done = new AtomicBoolean();
        var started = new CountDownLatch(READERS);
        var pool = Executors.newFixedThreadPool(READERS);
        try {
            var readers = Collections.nCopies(READERS, reader(volume.folder(), started, done)).stream()
                    .map(pool::submit)
                    .toList();
            assertTrue(started.await(10, TimeUnit.SECONDS));
            for (int swap = 1; swap <= SWAPS; swap++) {
                assertTrue(volume.writeText(pair(swap)));
            }
            done.set(true);
            assertEachReadMany(readers);
        } finally {
            done.set(true);
            pool.shutdown();
        }
    }

    private static void assertEachReadMany(List<Future<Integer>> readers) throws Exception {
        for (var reader : readers) {
            int pairs = reader.get(10, TimeUnit.SECONDS);
            assertTrue(pairs > 10, "pairs read: " + pairs);
        }
    }

    private static Map<String, String> pair(int number) {
        return Map.of("user", "app" + number, "password", "app" + number);
    }

    /** Reads pairs until done, and counts those it could read before their directory was removed. */
    private static Callable<Integer> reader(Path folder, CountDownLatch started, AtomicBoolean done) {
        return () -> {
            int pairs = 0;
            while (!done.get()) {
                LockSupport.parkNanos(100_000); // Leaves the writer a processor.
                try {
                    var data = folder.resolve("..data").toRealPath();
                    var user = Files.readString(data.resolve("user"));
                    assertEquals(user, Files.readString(data.resolve("password")));
                    pairs++;
                    started.countDown();
                } catch (NoSuchFileException e) {
                    // The directory was replaced between two steps: read again.
                }
            }
            return pairs;
        };
    }
}
