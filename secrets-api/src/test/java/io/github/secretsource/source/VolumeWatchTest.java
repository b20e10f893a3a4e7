package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;
import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Rounds;
import io.github.secretsource.Subscription;
import io.github.secretsource.test.KubeletVolume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What comes as an event comes without a second passing; what the poll finds is found by a call of it. */
@Timeout(60)
class VolumeWatchTest {

    private static final int PENDING_EVENTS = 512; // as many as the JDK keeps for one directory

    @TempDir
    Path temp;

    private WatchScene scene;
    private int rounds;

    @BeforeEach
    void open() {
        scene = new WatchScene(temp);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    @DisplayName("F30 every swap of a kubelet volume is an event, the hundredth like the first")
    void everySwapIsAnEvent() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "0"));
        scene.watchEvents("db");

        for (int swap = 1; swap <= 100; swap++) {
            volume.writeText(Map.of("password", Integer.toString(swap)));

            assertThat(scene.hints.arrive()).isTrue();
        }
    }

    @Test
    @DisplayName("P4 a swap is one hint: what kubelet does before and after it is none, nor is a neighbour's file")
    void aSwapIsOneHint() throws Exception {
        // Each swap is some ten events; a look in the very moment of one may cost a second hint.
        assertThat(Rounds.least(110, this::hintsOfAHundredSwaps)).isBetween(100.0, 110.0);
    }

    private int hintsOfAHundredSwaps() throws Exception {
        String name = "db" + rounds++;
        var volume = KubeletVolume.create(temp.resolve(name));
        volume.writeText(Map.of("password", "0"));
        var count = new AtomicInteger();
        Runnable listener = () -> {
            count.incrementAndGet();
            scene.hints.run();
        };
        Subscription watch = scene.start().watch(id(name), listener);
        for (int swap = 1; swap <= 100; swap++) {
            volume.writeText(Map.of("password", "0", "another" + swap, "name"));
            Files.writeString(volume.folder().resolve("neighbour"), "n" + swap);
            assertThat(scene.hints.arrive()).isTrue();
        }
        watch.close();
        return count.get();
    }

    @Test
    @DisplayName("F30 every swap is an event for a folder inside a kubelet volume, mounted by itself or not")
    void everySwapIsAnEventForAFolderInside() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("tls/key", "0"));
        var others = new Hints();
        scene.start(MountedVolumes.builder().mount("tls", volume.folder().resolve("tls")))
                .watch(id("tls"), others);
        scene.watchEvents("db/tls");

        for (int swap = 1; swap <= 10; swap++) {
            volume.writeText(Map.of("tls/key", Integer.toString(swap)));

            assertThat(scene.hints.arrive()).isTrue();
            assertThat(others.arrive()).isTrue();
        }
    }

    @Test
    void nothingIsHintedBeforeAnythingChanges() throws Exception {
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "1"));
        scene.watchEvents("db");

        assertThat(scene.secondHints()).isFalse();
        assertThat(scene.secondHints()).isFalse();
    }

    @Test
    @DisplayName("F31 a write of the same size that sets the time back is an event all the same")
    void aWriteThatHidesIsAnEvent() throws Exception {
        Path file = settled(temp.resolve("db/key"), "one");
        FileTime time = Files.getLastModifiedTime(file);
        scene.watchEvents("db");

        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);

        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    void aSingleFileIsWatchedThroughItsFolder() throws Exception {
        Path file = settled(temp.resolve("token"), "one");
        scene.start(MountedVolumes.builder().mount("t", file)).watch(id("t"), scene.hints);

        Files.move(settled(temp.resolve("new"), "two"), file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    void aPlainFolderInsideAMountIsWatchedToo() throws Exception {
        settled(temp.resolve("db/sub/key"), "one");
        scene.watchEvents("db/sub");

        Files.writeString(temp.resolve("db/sub/other"), "two");

        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    void aMountThatAppearsIsAnEventInItsParent() throws Exception {
        scene.watchEvents("db");

        Files.createDirectory(temp.resolve("db"));

        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    @DisplayName("F35 a mount that is deleted and made anew is watched again within a second")
    void aRecreatedMountIsWatchedAgain() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        scene.watchEvents("db");

        volume.recreate();
        assertThat(scene.hints.arrive()).isTrue();
        assertThat(scene.becomesQuiet()).isTrue();

        volume.writeText(Map.of("password", "2"));
        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    @DisplayName("F35 a mount that is deleted, and only later made anew, is watched again within a second")
    void aMountThatIsGoneForAWhileIsWatchedAgain() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        scene.watchEvents("db");

        volume.unmount();
        assertThat(scene.hints.arrive()).isTrue();
        assertThat(scene.becomesQuiet()).isTrue();
        Files.createDirectory(temp.resolve("db"));
        assertThat(scene.hints.arrive()).isTrue();
        assertThat(scene.becomesQuiet()).isTrue();

        volume.writeText(Map.of("password", "2"));
        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F35 a mount that is renamed away and replaced is watched again within a second")
    void aReplacedMountIsWatchedAgain() throws Exception {
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "1"));
        scene.watchEvents("db");

        Files.move(temp.resolve("db"), temp.resolve("away"));
        var other = KubeletVolume.create(temp.resolve("db"));
        other.writeText(Map.of("password", "2"));
        assertThat(scene.secondHints()).isTrue();
        assertThat(scene.becomesQuiet()).isTrue();

        other.writeText(Map.of("password", "3"));
        assertThat(scene.hints.arrive()).isTrue();
        KubeletVolume.create(temp.resolve("away")).writeText(Map.of("password", "nobody cares"));
        assertThat(scene.becomesQuiet()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F37 events beyond what the system keeps make a hint for every secret")
    void lostEventsHintEverySecret() throws Exception {
        settled(temp.resolve("busy/key"), "b");
        settled(temp.resolve("idle/key"), "i");
        var volumes = scene.start();
        var stuck = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        volumes.watch(id("busy"), () -> {
            stuck.countDown();
            awaitQuietly(released);
        });
        volumes.watch(id("idle"), scene.hints);

        Files.createFile(temp.resolve("busy/first"));
        assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 2 * PENDING_EVENTS; i++) {
            Files.createFile(temp.resolve("busy/storm" + i));
        }
        released.countDown();

        assertThat(scene.hints.arrive()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
