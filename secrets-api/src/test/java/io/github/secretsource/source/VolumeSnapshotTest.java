package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeSnapshotTest {

    private static final Instant NOW = Instant.parse("2026-11-24T08:00:10.500Z");
    private static final Duration SETTLE = Duration.ofMillis(50);
    private static final Path ROOT = Path.of("/etc/secret");
    private static final Generation PLAIN = new Generation(ROOT, ROOT, null, null);

    private static FileState file(String modified) {
        return new FileState("inode 7", 3, FileTime.from(Instant.parse(modified)));
    }

    private static VolumeSnapshot plain(FileState state, String content, boolean disturbed) {
        return new VolumeSnapshot(PLAIN, SecretData.of(SecretValue.of(content)), List.of(state), disturbed, false);
    }

    @ParameterizedTest
    @DisplayName("F31 a plain file is settled when its last write is long enough ago")
    @CsvSource({
        "2026-11-24T08:00:10.449Z, true",
        "2026-11-24T08:00:10.451Z, false",
        "2026-11-24T08:00:10.500Z, false",
        "2026-11-24T09:00:00.100Z, false",
        "2026-11-24T08:00:09Z, false",
        "2026-11-24T08:00:08Z, true"
    })
    void settlesWithTime(String modified, boolean settled) {
        assertThat(plain(file(modified), "abc", false).isSettled(SETTLE, NOW)).isEqualTo(settled);
    }

    @ParameterizedTest
    @DisplayName("F30 a file that was complete when kubelet linked it never waits")
    @CsvSource({"2026-11-24T08:00:10.498Z, true", "2026-11-24T08:00:10.499Z, true", "2026-11-24T08:00:10.4991Z, false"})
    void linkedFilesAreSettled(String modified, boolean settled) {
        var linked = FileTime.from(Instant.parse("2026-11-24T08:00:10.499Z"));
        var generation = new Generation(ROOT, ROOT.resolve("..1"), Path.of("..1"), linked);
        var data = SecretData.of(SecretValue.of("abc"));

        assertThat(new VolumeSnapshot(generation, data, List.of(file(modified)), false, false).isSettled(SETTLE, NOW))
                .isEqualTo(settled);
        assertThat(new VolumeSnapshot(generation, data, List.of(file(modified)), true, false).isSettled(SETTLE, NOW))
                .isFalse();
    }

    @Test
    @DisplayName("F31 an empty file is looked at twice, however long it seems to have been left alone")
    void anEmptyFileIsNeverSettledAtOnce() {
        var longAgo = new FileState("inode 7", 0, FileTime.from(NOW.minusSeconds(3_600)));
        var first = new VolumeSnapshot(PLAIN, SecretData.of(SecretValue.of("")), List.of(longAgo), false, true);

        assertThat(first.isSettled(SETTLE, NOW)).isFalse();
        assertThat(first.confirms(first)).isTrue();
    }

    @Test
    @DisplayName("F31 a second look confirms the first only if it saw the same, undisturbed")
    void confirmsTheSameOnly() {
        var first = plain(file("2026-11-24T08:00:10.4Z"), "abc", true);

        assertThat(plain(file("2026-11-24T08:00:10.4Z"), "abc", false).confirms(first))
                .isTrue();
        assertThat(plain(file("2026-11-24T08:00:10.4Z"), "abc", true).confirms(first))
                .isFalse();
        assertThat(plain(file("2026-11-24T08:00:10.4Z"), "abd", false).confirms(first))
                .isFalse();
        assertThat(plain(file("2026-11-24T08:00:10.5Z"), "abc", false).confirms(first))
                .isFalse();
    }

    @Test
    @DisplayName("F17 a file whose time is still to come is delivered after one pause")
    void aFileOfTheFutureIsDelivered(@TempDir Path temp) throws IOException {
        Path file = Fetches.settled(temp.resolve("key"), "whole");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3_600)));

        assertThat(Fetches.text(MountedVolumes.at(temp), "key")).isEqualTo("whole");
    }
}
