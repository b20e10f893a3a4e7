package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.fetch;
import static io.github.secretsource.source.Fetches.fields;
import static io.github.secretsource.source.Fetches.settled;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Readers against writers that do not wait for them. Ten times as long: {@code -Dsecretsource.proof=true}. The same
 * pauses again: {@code -Dsecretsource.seed=} and the seed in a failure's message.
 */
@Timeout(600)
class VolumeRaceTest {

    private static final int SWAPS = Boolean.getBoolean("secretsource.proof") ? 100_000 : 10_000;
    private static final int READERS = 8;

    /** Long enough for a writer that the machine leaves waiting between two halves. */
    private static final Duration SETTLE = Duration.ofMillis(400);

    /**
     * A writer that takes less has never left half a file alone for as long as a reader lets it settle, which is 50 ms.
     * A round in which the machine held it up for longer proves nothing, and another is made.
     */
    private static final Duration SHORT_WRITE = Duration.ofMillis(30);

    private static final int GOOD_ROUNDS = 30;
    private static final int SIZE = 65_536;

    /** Nanoseconds between two reads of one reader: eight that never pause leave the writer a tenth of the machine. */
    private static final int MOST_PAUSE = 500_000;

    private final long seed =
            Long.getLong("secretsource.seed", ThreadLocalRandom.current().nextLong());

    @TempDir
    Path temp;

    private final ExecutorService readers = Executors.newCachedThreadPool();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Memory instead of a disk where there is some: more swaps in less time. */
    private Path folder;

    @BeforeEach
    void prepare() throws IOException {
        Path memory = Path.of("/dev/shm");
        folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "secretsource") : temp.resolve("volume");
    }

    @AfterEach
    void end() throws Exception {
        over.set(true);
        readers.shutdownNow();
        assertThat(readers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        KubeletVolume.create(folder).unmount();
    }

    @Test
    @DisplayName("F30 eight readers of three keys never see two generations in one answer, nor an older one after a"
            + " newer, and all see the last one")
    void noReaderSeesTwoGenerations() throws Exception {
        var volume = KubeletVolume.create(folder);
        volume.writeText(generation(0));
        var volumes = MountedVolumes.builder().mount("db", folder).build();
        var numbers = new AtomicInteger();
        List<Future<Integer>> newest =
                startReaders(() -> newestOf(volumes, new Random(seed + numbers.incrementAndGet())));

        var random = new Random(seed);
        for (int swap = 1; swap <= SWAPS; swap++) {
            volume.writeText(generation(swap));
            if (random.nextInt(50) == 0) {
                LockSupport.parkNanos(random.nextInt(1_000_000));
            }
        }
        over.set(true);

        for (Future<Integer> each : newest) {
            assertThat(each.get()).as("seed %s", seed).isEqualTo(SWAPS);
        }
    }

    private static Map<String, String> generation(int number) {
        return Map.of("user", "user-" + number, "password", "password-" + number, "host", "host-" + number);
    }

    /** Reads, with pauses that leave the processor to the writer, until all is written; once more after that. */
    private int newestOf(MountedVolumes volumes, Random random) {
        int newest = 0;
        boolean last;
        do {
            last = over.get();
            Map<String, String> fields = fields(volumes, "db");
            int number = Integer.parseInt(fields.getOrDefault("user", "").substring("user-".length()));
            if (number < newest || !fields.equals(generation(number))) {
                throw new AssertionError("seed " + seed + ": after generation " + newest + " came " + fields);
            }
            newest = number;
            LockSupport.parkNanos(random.nextInt(MOST_PAUSE));
        } while (!last);
        return newest;
    }

    @Test
    @DisplayName("F31 a reader that meets a file half written in place waits and delivers the whole of it")
    void aHalfWrittenFileIsNotDelivered() throws Exception {
        assertThat(readDuringWrite("new-", "content")).isEqualTo("new-content");
    }

    @Test
    @DisplayName("F31 a file that is empty for a moment while it is rewritten is not delivered empty")
    void aMomentarilyEmptyFileIsNotDelivered() throws Exception {
        assertThat(readDuringWrite("", "new-content")).isEqualTo("new-content");
    }

    @Test
    @DisplayName("F31 a file that is empty, and seems to have been so for long, may be one that a writer has truncated:"
            + " file systems change its time after its size")
    void aFileThatBecomesEmptyBeforeItsTimeChangesIsNotDelivered() throws Exception {
        Path key = settled(folder.resolve("key"), "");
        var reader = reader();
        startUntilItWaits(new Thread(reader));
        Files.writeString(key, "new-content");

        assertThat(reader.get(10, TimeUnit.SECONDS)).isEqualTo("new-content");
    }

    @Test
    @DisplayName("F31 a key rewritten in place through the links of a kubelet volume is not delivered half")
    void aKubeletVolumeWrittenInPlaceIsNotDeliveredHalf() throws Exception {
        var volume = KubeletVolume.create(folder);
        volume.writeText(Map.of("key", "old-content"));
        awaitNextTick(folder.resolve("key"));

        assertThat(readDuringWrite(volume, "new-", "content")).isEqualTo("new-content");
    }

    /** File systems stamp with a clock that moves every few milliseconds. */
    private void awaitNextTick(Path file) throws IOException {
        var time = Files.getLastModifiedTime(file);
        while (Files.getLastModifiedTime(Files.writeString(temp.resolve("tick"), ""))
                        .compareTo(time)
                <= 0) {
            Thread.onSpinWait();
        }
    }

    private String readDuringWrite(String firstHalf, String secondHalf) throws Exception {
        settled(folder.resolve("key"), "old-content");
        return readDuringWrite(KubeletVolume.create(folder), firstHalf, secondHalf);
    }

    /** Lets a reader begin between the halves, and finishes the write while the reader waits for the file to settle. */
    private String readDuringWrite(KubeletVolume volume, String firstHalf, String secondHalf) throws Exception {
        var reader = reader();
        var thread = new Thread(reader);
        volume.writeInPlace(
                "key", firstHalf.getBytes(UTF_8), () -> startUntilItWaits(thread), secondHalf.getBytes(UTF_8));
        return reader.get(10, TimeUnit.SECONDS);
    }

    private FutureTask<String> reader() {
        var volumes =
                MountedVolumes.builder().settle(SETTLE).mount("db", folder).build();
        return new FutureTask<>(() -> fields(volumes, "db").get("key"));
    }

    private static void startUntilItWaits(Thread thread) {
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    @Test
    @DisplayName("F31 a writer that truncates and rewrites 64 KiB is never seen half way")
    void rewritesInPlaceAreNeverSeenHalfWay() throws Exception {
        settled(folder.resolve("key"), "-".repeat(SIZE));
        var volume = KubeletVolume.create(folder);
        var volumes = MountedVolumes.builder().mount("db", folder).build();
        var together = new CyclicBarrier(READERS + 1);
        var halves = new AtomicInteger();
        List<Future<Integer>> answers = startReaders(() -> {
            int reads = 0;
            for (await(together); !over.get(); await(together)) {
                halves.addAndGet(isWhole(fetch(volumes, "db/key").value().orElseThrow()) ? 0 : 1);
                reads++;
                await(together);
            }
            return reads;
        });

        int rounds = 0;
        for (int good = 0; good < GOOD_ROUNDS; rounds++) {
            await(together);
            Duration held = rewrite(volume, (byte) ('a' + rounds % 26));
            await(together);
            int seen = halves.getAndSet(0);
            if (held.compareTo(SHORT_WRITE) < 0) {
                assertThat(seen).as("halves in round %s", rounds).isZero();
                good++;
            }
        }
        over.set(true);
        await(together);

        for (Future<Integer> answer : answers) {
            assertThat(answer.get()).isEqualTo(rounds);
        }
    }

    private static void await(CyclicBarrier together) throws Exception {
        int unused = together.await(60, TimeUnit.SECONDS);
    }

    /** In two halves; how long the file was less than whole, at most. */
    private static Duration rewrite(KubeletVolume volume, byte each) throws IOException {
        var half = new byte[SIZE / 2];
        Arrays.fill(half, each);
        long began = System.nanoTime();
        volume.writeInPlace("key", half, Thread::yield, half);
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static boolean isWhole(SecretValue value) {
        byte[] bytes = value.revealBytes();
        var whole = new byte[SIZE];
        Arrays.fill(whole, bytes.length == 0 ? 0 : bytes[0]);
        return Arrays.equals(bytes, whole);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F34 whoever swaps files and folders for links never leads a reader out of the mount")
    void swappedLinksNeverLeadOutOfTheMount() throws Exception {
        settled(folder.resolve("outside/key"), "outside");
        settled(folder.resolve("db/sub/key"), "inside");
        settled(folder.resolve("db/file"), "inside");
        var volumes = MountedVolumes.builder().mount("db", folder.resolve("db")).build();
        List<Future<Integer>> answers = startReaders(() -> readUnderAttack(volumes));

        for (int attack = 0; attack < SWAPS / 5; attack++) {
            swapFolder(folder.resolve("db/sub"), folder.resolve("db/aside"));
            swapFile(folder.resolve("db/file"));
        }
        over.set(true);

        for (Future<Integer> answer : answers) {
            assertThat(answer.get()).isPositive();
        }
    }

    private static void swapFolder(Path sub, Path aside) throws IOException {
        Files.move(sub, aside);
        Files.createSymbolicLink(sub, Path.of("../outside"));
        Files.delete(sub);
        Files.move(aside, sub);
    }

    private static void swapFile(Path file) throws IOException {
        Path link = file.resolveSibling("link");
        Path kept = file.resolveSibling("kept");
        Files.createLink(kept, file);
        Files.createSymbolicLink(link, Path.of("../outside/key"));
        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
        Files.move(kept, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private int readUnderAttack(MountedVolumes volumes) {
        int answers = 0;
        while (!over.get()) {
            for (String path : List.of("db/sub/key", "db/file")) {
                try {
                    assertThat(Fetches.text(volumes, path)).isEqualTo("inside");
                    answers++;
                } catch (SecretException e) {
                    assertThat(e.getMessage()).doesNotContain("outside/key");
                }
            }
        }
        return answers;
    }

    private <T> List<Future<T>> startReaders(Callable<T> reader) throws InterruptedException {
        var began = new CountDownLatch(READERS);
        var futures = new ArrayList<Future<T>>();
        for (int i = 0; i < READERS; i++) {
            futures.add(readers.submit(() -> {
                began.countDown();
                return reader.call();
            }));
        }
        assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
        return futures;
    }
}
