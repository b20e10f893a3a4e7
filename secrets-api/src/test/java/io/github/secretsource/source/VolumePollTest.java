package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.fields;
import static io.github.secretsource.source.Fetches.id;
import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the poll finds, who hears of what, and what is left at the end. */
@Timeout(60)
class VolumePollTest {

    @TempDir
    Path temp;

    private WatchScene scene;

    @BeforeEach
    void open() {
        scene = new WatchScene(temp);
    }

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    @DisplayName("F38 without events the next second finds a swap")
    void thePollFindsASwap() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        scene.watchByPoll("db");
        assertThat(scene.secondHints()).isFalse();

        volume.writeText(Map.of("password", "2"));

        assertThat(scene.secondHints()).isTrue();
        assertThat(scene.secondHints()).isFalse();
    }

    @Test
    @DisplayName(
            "F38 without events the next second finds a write in place, in a plain folder and behind kubelet's links")
    void thePollFindsAWriteInPlace() throws Exception {
        settled(temp.resolve("plain/key"), "1");
        var volume = KubeletVolume.create(temp.resolve("kubelet"));
        volume.writeText(Map.of("key", "1"));
        scene.watchByPoll("plain");
        scene.watchByPoll("kubelet");

        Files.writeString(temp.resolve("plain/key"), "2");
        assertThat(scene.secondHints()).isTrue();
        volume.writeInPlace("key", new byte[] {'2', '2'});
        assertThat(scene.secondHints()).isTrue();
        assertThat(scene.secondHints()).isFalse();
    }

    @Test
    @DisplayName("F38 without events the next second finds a mount that comes, goes and is replaced")
    void thePollFindsMountsThatComeAndGo() throws Exception {
        scene.watchByPoll("db");

        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        assertThat(scene.secondHints()).isTrue();
        volume.unmount();
        assertThat(scene.secondHints()).isTrue();
        KubeletVolume.create(temp.resolve("db")).writeText(Map.of("password", "2"));
        assertThat(scene.secondHints()).isTrue();
        assertThat(scene.secondHints()).isFalse();
    }

    @Test
    void aChangeOfOneSecretIsNoHintForTheOthers() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("one"));
        volume.writeText(Map.of("password", "1"));
        KubeletVolume.create(temp.resolve("two")).writeText(Map.of("password", "1"));
        var others = new Hints();
        var volumes = scene.start();
        volumes.watch(id("one"), scene.hints);
        volumes.watch(id("two"), others);

        volume.writeText(Map.of("password", "2"));

        assertThat(scene.hints.arrive()).isTrue();
        assertThat(others.taken()).isZero();
    }

    @Test
    void twoNamesOfOneFolderShareItsWatchAndKeepIt() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("real"));
        volume.writeText(Map.of("password", "1"));
        Files.createSymbolicLink(temp.resolve("link"), temp.resolve("real"));
        var volumes = scene.start(
                MountedVolumes.builder().mount("a", temp.resolve("real")).mount("b", temp.resolve("link")));
        var ended = volumes.watch(id("a"), new Hints());
        volumes.watch(id("b"), scene.hints);

        ended.close();
        scene.context.second();
        volume.writeText(Map.of("password", "2"));

        assertThat(scene.hints.arrive()).isTrue();
    }

    @Test
    void aClosedSubscriptionHearsNothingMore() throws Exception {
        var volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        var others = new Hints();
        var volumes = scene.start();
        volumes.watch(id("db"), others);
        var subscription = volumes.watch(id("db"), scene.hints);

        subscription.close();
        subscription.close();
        volume.writeText(Map.of("password", "2"));

        assertThat(others.arrive()).isTrue();
        assertThat(scene.secondHints()).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F49 after close no thread, repetition or inotify instance is left")
    void nothingIsLeftAfterClose() throws Exception {
        settled(temp.resolve("db/key"), "one");
        long before = inotifyInstances();
        var volumes = scene.start();
        volumes.watch(id("db"), scene.hints);
        assertThat(inotifyInstances()).isEqualTo(before + 1);

        volumes.close();
        volumes.close();

        assertThat(scene.context.endsByItself()).isTrue();
        assertThat(scene.context.repeating()).isZero();
        assertThat(inotifyInstances()).isEqualTo(before);
    }

    private static long inotifyInstances() throws IOException {
        long instances = 0;
        try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                if (Files.exists(descriptor, LinkOption.NOFOLLOW_LINKS)) {
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
        var volumes = scene.start(MountedVolumes.builder().root(temp).events(() -> {
            opened.incrementAndGet();
            return Optional.of(FileSystems.getDefault().newWatchService());
        }));

        for (int i = 0; i < 100; i++) {
            settled(temp.resolve("v" + i + "/key"), "one");
            volumes.watch(id("v" + i), scene.hints);
        }
        scene.context.second();
        scene.hints.taken();
        Files.writeString(temp.resolve("v99/key"), "two");

        assertThat(scene.hints.arrive()).isTrue();
        assertThat(opened).hasValue(1);
        assertThat(fields(volumes, "v99")).isEqualTo(Map.of("key", "two"));
    }
}
