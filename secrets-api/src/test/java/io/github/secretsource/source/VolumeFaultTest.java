package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.aged;
import static io.github.secretsource.source.Fetches.fetch;
import static io.github.secretsource.source.Fetches.fields;
import static io.github.secretsource.source.Fetches.settled;
import static io.github.secretsource.source.Fetches.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.test.KubeletVolume;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class VolumeFaultTest {

    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path temp;

    @Test
    @DisplayName("F32 an empty file that nobody writes to is an empty value")
    void anEmptyFileIsAnEmptyValue() throws IOException {
        settled(temp.resolve("db/old"), "");
        Files.createFile(temp.resolve("fresh"));
        var volumes = MountedVolumes.at(temp);

        assertThat(fields(volumes, "db")).isEqualTo(Map.of("old", ""));
        assertThat(text(volumes, "fresh")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F33 a pipe is refused at once, alone and among fields")
    void aPipeIsRefused() throws Exception {
        settled(temp.resolve("db/password"), "p");
        assertThat(new ProcessBuilder("mkfifo", temp.resolve("db/pipe").toString())
                        .start()
                        .waitFor())
                .isZero();
        var volumes = MountedVolumes.at(temp);

        assertThatThrownBy(() -> fetch(volumes, "db/pipe"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("is not a regular file: 'pipe'");
        assertThatThrownBy(() -> fetch(volumes, "db")).isInstanceOf(SecretFormatException.class);
        var pipe = new VolumePath(Fetches.id("db/pipe"), temp.resolve("db"), null, Path.of("pipe"));
        assertThat(Glance.at(pipe)).isEqualTo(Glance.atSurface(pipe));
    }

    @Test
    @DisplayName("F33 a socket is refused")
    void aSocketIsRefused() throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(temp.resolve("socket")));

            assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "socket"))
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageContaining("is not a regular file");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F33 a device is refused")
    void aDeviceIsRefused() {
        var volumes =
                MountedVolumes.builder().mount("zero", Path.of("/dev/zero")).build();

        assertThatThrownBy(() -> fetch(volumes, "zero"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("is not a regular file");
    }

    @Test
    @DisplayName("F34 a loop of links is refused as such")
    void aLoopOfLinksIsRefused() throws IOException {
        settled(temp.resolve("db/password"), "p");
        Files.createSymbolicLink(temp.resolve("db/one"), Path.of("two"));
        Files.createSymbolicLink(temp.resolve("db/two"), Path.of("one"));
        var volumes = MountedVolumes.at(temp);

        assertThatThrownBy(() -> fetch(volumes, "db/one"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("loop of links");
        assertThatThrownBy(() -> fetch(volumes, "db")).isInstanceOf(SecretFormatException.class);
    }

    @ParameterizedTest
    @DisplayName("F34 a link that leaves its mount is refused")
    @CsvSource({
        "db, key, ../outside/key",
        "db/key, key, ../outside/key",
        "db/sub, sub, ../outside",
        "db/sub/key, sub, ../outside"
    })
    void aLinkOutOfTheMountIsRefused(String path, String name, String target) throws IOException {
        settled(temp.resolve("outside/key"), "outside");
        settled(temp.resolve("db/password"), "p");
        Files.createSymbolicLink(temp.resolve("db").resolve(name), Path.of(target));
        var volumes = MountedVolumes.builder().mount("db", temp.resolve("db")).build();

        if (path.equals("db")) {
            assertThatThrownBy(() -> fetch(volumes, path))
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageContaining("leads out of its mount");
        } else {
            assertThatThrownBy(() -> fetch(volumes, path)).hasMessageContaining("leads out of its mount");
        }
    }

    @Test
    @DisplayName("F34 a ..data link that leaves its mount is refused")
    void aDataLinkOutOfTheMountIsRefused() throws IOException {
        settled(temp.resolve("outside/key"), "outside");
        Files.createDirectory(temp.resolve("db"));
        Files.createSymbolicLink(temp.resolve("db/..data"), temp.resolve("outside"));

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "db"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("leads out of its mount");
    }

    @Test
    @DisplayName("F34 a folder found by name only may not be a link out of the root")
    void aSubfolderOutOfTheRootIsRefused() throws IOException {
        settled(temp.resolve("outside/key"), "outside");
        Files.createDirectory(temp.resolve("root"));
        Files.createSymbolicLink(temp.resolve("root/db"), temp.resolve("outside"));

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp.resolve("root")), "db"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("leads out of its mount");
    }

    @Test
    @DisplayName("F34 links that stay inside the mount are followed")
    void linksInsideTheMountAreFollowed() throws IOException {
        settled(temp.resolve("db/releases/5/key"), "five");
        Files.createSymbolicLink(temp.resolve("db/current"), Path.of("releases/5"));
        Files.createSymbolicLink(temp.resolve("db/key"), Path.of("current/key"));
        Files.createSymbolicLink(temp.resolve("db/dead"), Path.of("nowhere"));
        aged(temp.resolve("db"));
        var volumes = MountedVolumes.at(temp);

        assertThat(fields(volumes, "db")).isEqualTo(Map.of("key", "five"));
        assertThat(text(volumes, "db/current/key")).isEqualTo("five");
    }

    @Test
    @DisplayName("F34 a ..data link that leads nowhere is an outage, not a secret that is gone")
    void aDeadDataLinkIsAnOutage() throws IOException {
        Files.createDirectory(temp.resolve("db"));
        Files.createSymbolicLink(temp.resolve("db/..data"), Path.of("..2026_gone"));

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "db")).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName("F41 one MiB is accepted, one byte more is not")
    void theDefaultLimitIsOneMebibyte() throws IOException {
        Files.write(temp.resolve("most"), new byte[MEBIBYTE]);
        Files.write(temp.resolve("more"), new byte[MEBIBYTE + 1]);
        var volumes = MountedVolumes.at(temp);

        var most = fetch(volumes, "most").value().orElseThrow();
        assertThat(most.<Integer, RuntimeException>use(bytes -> bytes.length)).isEqualTo(MEBIBYTE);
        assertThatThrownBy(() -> fetch(volumes, "more"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("'more' has more than 1048576 bytes");
    }

    @Test
    @DisplayName("F41 a huge file is refused by its size, before anything is read")
    void aHugeFileIsRefusedUnread() throws IOException {
        try (var file = new RandomAccessFile(temp.resolve("huge").toFile(), "rw")) {
            file.setLength(1L << 40); // a sparse tebibyte, which no test could read in time
        }

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "huge"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("is too large");
    }

    @ParameterizedTest
    @DisplayName("F41 a file that says nothing true about its size is read to its end, or to the limit")
    @CsvSource({"0, 1", "0, 20000", "20000, 20000", "20000, 1", "5, 20000"})
    void readsToTheEndWhateverTheSizeSaid(int expected, int real) throws IOException {
        var bytes = new byte[real];
        java.util.Arrays.fill(bytes, (byte) 7);

        var whole = new FileContent().read(Channels.newChannel(new ByteArrayInputStream(bytes)), expected, 20_000);
        var cut = new FileContent().read(Channels.newChannel(new ByteArrayInputStream(bytes)), expected, real - 1);

        assertThat(whole.orElseThrow().revealBytes()).isEqualTo(bytes);
        assertThat(cut).isEmpty();
    }

    @Test
    @DisplayName("F37 a folder of very many files is refused without reading them")
    void aFolderOfTooManyFilesIsRefused() throws IOException {
        for (int i = 0; i <= VolumeLook.MOST_FILES; i++) {
            settled(temp.resolve("db/" + i), "x");
        }

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "db"))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("holds more than 1024 files");
    }

    @Test
    void aFetchThatIsInterruptedSaysSoAndKeepsTheFlag() throws IOException {
        settled(temp.resolve("token"), "t");

        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "token"))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining("was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F40 no fetch leaves a descriptor behind, whatever its outcome")
    void leavesNoDescriptorBehind() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("kubelet"));
        volume.writeText(Map.of("a", "1", "sub/b", "2"));
        settled(temp.resolve("plain/key"), "p");
        Files.createSymbolicLink(temp.resolve("plain/out"), Path.of("../kubelet"));
        Files.createSymbolicLink(temp.resolve("plain/link"), Path.of("key"));
        Files.write(temp.resolve("large"), new byte[MEBIBYTE + 1]);
        var volumes = MountedVolumes.at(temp);

        for (int round = 0; round < 50; round++) {
            for (String path :
                    new String[] {"kubelet", "kubelet/sub/b", "plain", "plain/link", "plain/no", "large", "no"}) {
                try {
                    fetch(volumes, path);
                } catch (io.github.secretsource.SecretException e) {
                    // Half of them fail; that is the point.
                }
            }
        }

        try (var held = Files.newByteChannel(temp.resolve("large"))) {
            assertThat(held.isOpen()).isTrue();
            assertThat(descriptorsOfFetches()).hasSize(1);
        }
        assertThat(descriptorsOfFetches()).isEmpty();
    }

    /** What they lead to: what the JVM opens for itself is not counted. */
    private List<Path> descriptorsOfFetches() throws IOException {
        var found = new ArrayList<Path>();
        try (var open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : open) {
                Path file = target(descriptor);
                if (file.startsWith(temp.toRealPath()) || file.endsWith("mountinfo")) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException e) {
            return descriptor; // closed since
        }
    }
}
