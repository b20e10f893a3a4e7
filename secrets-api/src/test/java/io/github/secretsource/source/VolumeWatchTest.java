package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.fields;
import static io.github.secretsource.source.Fetches.id;
import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Subscription;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
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

    private final VolumeContext context = new VolumeContext();
    private final Hints hints = new Hints();
    private final List<MountedVolumes> started = new ArrayList<>();

    @AfterEach
    void close() {
        started.forEach(MountedVolumes::close);
        context.close();
    }

    private MountedVolumes start(MountedVolumes.Builder builder) {
        var volumes = builder.build();
        volumes.start(context);
        started.add(volumes);
        return volumes;
    }

    private Subscription watchEvents(String path) {
        return start(MountedVolumes.builder().root(temp)).watch(id(path), hints);
    }

    private Subscription watchByPoll(String path) {
        return start(MountedVolumes.builder().root(temp).pollOnly()).watch(id(path), hints);
    }

    private boolean secondHints() {
        context.second();
        return hints.taken() > 0;
    }

    @Test
    @DisplayName("F30 every swap of a kubelet volume is an event, the hundredth like the first")
    void everySwapIsAnEvent() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "0"));
        watchEvents("db");

        for (int swap = 1; swap <= 100; swap++) {
            volume.writeText(Map.of("password", Integer.toString(swap)));

            assertThat(hints.arrive()).isTrue();
        }
    }

    @Test
    @DisplayName("F30 every swap is an event for a folder inside a kubelet volume, mounted by itself or not")
    void everySwapIsAnEventForAFolderInside() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("tls/key", "0"));
        var others = new Hints();
        start(MountedVolumes.builder().mount("tls", volume.folder().resolve("tls")))
                .watch(id("tls"), others);
        watchEvents("db/tls");

        for (int swap = 1; swap <= 10; swap++) {
            volume.writeText(Map.of("tls/key", Integer.toString(swap)));

            assertThat(hints.arrive()).isTrue();
            assertThat(others.arrive()).isTrue();
        }
    }

    @Test
    void nothingIsHintedBeforeAnythingChanges() throws Exception {
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "1"));
        watchEvents("db");

        assertThat(secondHints()).isFalse();
        assertThat(secondHints()).isFalse();
    }

    @Test
    @DisplayName("F31 a write of the same size that sets the time back is an event all the same")
    void aWriteThatHidesIsAnEvent() throws Exception {
        Path file = settled(temp.resolve("db/key"), "one");
        FileTime time = Files.getLastModifiedTime(file);
        watchEvents("db");

        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);

        assertThat(hints.arrive()).isTrue();
    }

    @Test
    void aSingleFileIsWatchedThroughItsFolder() throws Exception {
        Path file = settled(temp.resolve("token"), "one");
        start(MountedVolumes.builder().mount("t", file)).watch(id("t"), hints);

        Files.move(settled(temp.resolve("new"), "two"), file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(hints.arrive()).isTrue();
    }

    @Test
    void aPlainFolderInsideAMountIsWatchedToo() throws Exception {
        settled(temp.resolve("db/sub/key"), "one");
        watchEvents("db/sub");

        Files.writeString(temp.resolve("db/sub/other"), "two");

        assertThat(hints.arrive()).isTrue();
    }

    @Test
    void aMountThatAppearsIsAnEventInItsParent() throws Exception {
        watchEvents("db");

        Files.createDirectory(temp.resolve("db"));

        assertThat(hints.arrive()).isTrue();
    }

    @Test
    @DisplayName("F35 a mount that is deleted and made anew is watched again within a second")
    void aRecreatedMountIsWatchedAgain() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        watchEvents("db");

        volume.recreate();
        assertThat(hints.arrive()).isTrue();
        assertThat(becomesQuiet()).isTrue();

        volume.writeText(Map.of("password", "2"));
        assertThat(hints.arrive()).isTrue();
    }

    @Test
    @DisplayName("F35 a mount that is deleted, and only later made anew, is watched again within a second")
    void aMountThatIsGoneForAWhileIsWatchedAgain() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        watchEvents("db");

        volume.unmount();
        assertThat(hints.arrive()).isTrue();
        assertThat(becomesQuiet()).isTrue();
        Files.createDirectory(temp.resolve("db"));
        assertThat(hints.arrive()).isTrue();
        assertThat(becomesQuiet()).isTrue();

        volume.writeText(Map.of("password", "2"));
        assertThat(hints.arrive()).isTrue();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F35 a mount that is renamed away and replaced is watched again within a second")
    void aReplacedMountIsWatchedAgain() throws Exception {
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "1"));
        watchEvents("db");

        Files.move(temp.resolve("db"), temp.resolve("away"));
        var other = KubeletVolume.create(temp.resolve("db"));
        other.writeText(Map.of("password", "2"));
        assertThat(secondHints()).isTrue();
        assertThat(becomesQuiet()).isTrue();

        other.writeText(Map.of("password", "3"));
        assertThat(hints.arrive()).isTrue();
        KubeletVolume.create(temp.resolve("away")).writeText(Map.of("password", "nobody cares"));
        assertThat(becomesQuiet()).isTrue();
    }

    /** Whether seconds go by without a hint, once the events under way have come. */
    private boolean becomesQuiet() {
        int quiet = 0;
        for (int second = 0; second < 100 && quiet < 2; second++) {
            quiet = secondHints() ? 0 : quiet + 1;
        }
        return quiet == 2;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F37 events beyond what the system keeps make a hint for every secret")
    void lostEventsHintEverySecret() throws Exception {
        settled(temp.resolve("busy/key"), "b");
        settled(temp.resolve("idle/key"), "i");
        var volumes = start(MountedVolumes.builder().root(temp));
        var stuck = new CountDownLatch(1);
        var released = new CountDownLatch(1);
        volumes.watch(id("busy"), () -> {
            stuck.countDown();
            awaitQuietly(released);
        });
        volumes.watch(id("idle"), hints);

        Files.createFile(temp.resolve("busy/first"));
        assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 2 * PENDING_EVENTS; i++) {
            Files.createFile(temp.resolve("busy/storm" + i));
        }
        released.countDown();

        assertThat(hints.arrive()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("F38 without events the next second finds a swap")
    void thePollFindsASwap() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        watchByPoll("db");
        assertThat(secondHints()).isFalse();

        volume.writeText(Map.of("password", "2"));

        assertThat(secondHints()).isTrue();
        assertThat(secondHints()).isFalse();
    }

    @Test
    @DisplayName(
            "F38 without events the next second finds a write in place, in a plain folder and behind kubelet's links")
    void thePollFindsAWriteInPlace() throws Exception {
        settled(temp.resolve("plain/key"), "1");
        var volume = KubeletVolume.create(temp.resolve("kubelet"));
        volume.writeText(Map.of("key", "1"));
        watchByPoll("plain");
        watchByPoll("kubelet");

        Files.writeString(temp.resolve("plain/key"), "2");
        assertThat(secondHints()).isTrue();
        volume.writeInPlace("key", new byte[] {'2', '2'});
        assertThat(secondHints()).isTrue();
        assertThat(secondHints()).isFalse();
    }

    @Test
    @DisplayName("F38 without events the next second finds a mount that comes, goes and is replaced")
    void thePollFindsMountsThatComeAndGo() throws Exception {
        watchByPoll("db");

        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        assertThat(secondHints()).isTrue();
        volume.unmount();
        assertThat(secondHints()).isTrue();
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "2"));
        assertThat(secondHints()).isTrue();
        assertThat(secondHints()).isFalse();
    }

    @Test
    void aChangeOfOneSecretIsNoHintForTheOthers() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("one"));
        volume.writeText(Map.of("password", "1"));
        KubeletVolume.create(temp.resolve("two")).writeText(Map.of("password", "1"));
        var others = new Hints();
        var volumes = start(MountedVolumes.builder().root(temp));
        volumes.watch(id("one"), hints);
        volumes.watch(id("two"), others);

        volume.writeText(Map.of("password", "2"));

        assertThat(hints.arrive()).isTrue();
        assertThat(others.taken()).isZero();
    }

    @Test
    void twoNamesOfOneFolderShareItsWatchAndKeepIt() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("real"));
        volume.writeText(Map.of("password", "1"));
        Files.createSymbolicLink(temp.resolve("link"), temp.resolve("real"));
        var volumes =
                start(MountedVolumes.builder().mount("a", temp.resolve("real")).mount("b", temp.resolve("link")));
        var ended = volumes.watch(id("a"), new Hints());
        volumes.watch(id("b"), hints);

        ended.close();
        context.second();
        volume.writeText(Map.of("password", "2"));

        assertThat(hints.arrive()).isTrue();
    }

    @Test
    void aClosedSubscriptionHearsNothingMore() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        var others = new Hints();
        var volumes = start(MountedVolumes.builder().root(temp));
        volumes.watch(id("db"), others);
        var subscription = volumes.watch(id("db"), hints);

        subscription.close();
        subscription.close();
        volume.writeText(Map.of("password", "2"));

        assertThat(others.arrive()).isTrue();
        assertThat(secondHints()).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F49 after close no thread, repetition or inotify instance is left")
    void nothingIsLeftAfterClose() throws Exception {
        settled(temp.resolve("db/key"), "one");
        long before = inotifyInstances();
        var volumes = start(MountedVolumes.builder().root(temp));
        volumes.watch(id("db"), hints);
        assertThat(inotifyInstances()).isEqualTo(before + 1);

        volumes.close();
        volumes.close();

        assertThat(context.endsByItself()).isTrue();
        assertThat(context.repeating()).isZero();
        assertThat(inotifyInstances()).isEqualTo(before);
    }

    private static long inotifyInstances() throws IOException {
        long instances = 0;
        try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                if (Files.exists(descriptor, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    instances += isInotify(descriptor) ? 1 : 0;
                }
            }
        }
        return instances;
    }

    private static boolean isInotify(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("inotify");
        } catch (IOException e) {
            return false; // the descriptor of the listing itself
        }
    }

    @Test
    @DisplayName("P5 a hundred volumes take one watch service, and a watch each")
    void aHundredVolumesTakeOneWatchService() throws Exception {
        var opened = new AtomicInteger();
        var volumes = start(MountedVolumes.builder().root(temp).events(() -> {
            opened.incrementAndGet();
            return Optional.of(FileSystems.getDefault().newWatchService());
        }));

        for (int i = 0; i < 100; i++) {
            settled(temp.resolve("v" + i + "/key"), "one");
            volumes.watch(id("v" + i), hints);
        }
        context.second();
        hints.taken();
        Files.writeString(temp.resolve("v99/key"), "two");

        assertThat(hints.arrive()).isTrue();
        assertThat(opened).hasValue(1);
        assertThat(fields(volumes, "v99")).isEqualTo(Map.of("key", "two"));
    }
}
