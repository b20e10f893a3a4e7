package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.fetch;
import static io.github.secretsource.source.Fetches.fields;
import static io.github.secretsource.source.Fetches.settled;
import static io.github.secretsource.source.Fetches.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class VolumeLayoutTest {

    @TempDir
    Path temp;

    private MountedVolumes mounted(String name, Path path) {
        return MountedVolumes.builder().mount(name, path).build();
    }

    @Test
    @DisplayName("F30 a kubelet volume is one secret, labelled with its timestamped directory")
    void readsAKubeletVolume() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("user", "app", "password", "hunter2", ".dockerconfigjson", "{}"));

        var data = fetch(mounted("db", volume.folder()), "db");

        assertThat(fields(data)).isEqualTo(Map.of("user", "app", "password", "hunter2", ".dockerconfigjson", "{}"));
        assertThat(data.version()).contains(volume.dataDirectory().getFileName().toString());
        assertThat(data.rotates()).isTrue();
    }

    @Test
    @DisplayName("F30 a new generation is a new version without the names that are gone")
    void readsTheNextGeneration() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("user", "app", "password", "one"));
        var volumes = mounted("db", volume.folder());
        var first = fetch(volumes, "db");

        volume.writeText(Map.of("password", "two"));

        var second = fetch(volumes, "db");
        assertThat(fields(second)).isEqualTo(Map.of("password", "two"));
        assertThat(second.version()).isNotEqualTo(first.version());
    }

    @Test
    @DisplayName("F30 a generation is current until the next swap, and no longer when the volume is gone")
    void aGenerationKnowsWhetherItIsCurrent() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        var plain = Generation.of(volume.folder());
        volume.writeText(Map.of("password", "one"));
        var first = Generation.of(volume.folder());
        volume.writeText(Map.of("password", "two"));
        var second = Generation.of(volume.folder());

        assertThat(plain.isCurrent()).isFalse();
        assertThat(first.isCurrent()).isFalse();
        assertThat(second.isCurrent()).isTrue();
        volume.unmount();
        assertThat(second.isCurrent()).isFalse();
    }

    @Test
    void readsASingleKeyOfAKubeletVolume() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("token", "t1"));

        assertThat(text(mounted("token", volume.folder().resolve("token")), "token"))
                .isEqualTo("t1");
        assertThat(text(mounted("db", volume.folder()), "db/token")).isEqualTo("t1");
        assertThat(text(MountedVolumes.at(volume.folder()), "token")).isEqualTo("t1");
    }

    @Test
    void readsFoldersInsideAKubeletVolume() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("tls/key", "k", "tls/crt", "c", "top", "t"));

        assertThat(fields(mounted("db", volume.folder()), "db/tls")).isEqualTo(Map.of("key", "k", "crt", "c"));
        assertThat(fields(mounted("db", volume.folder()), "db")).isEqualTo(Map.of("top", "t"));
        assertThat(fields(mounted("tls", volume.folder().resolve("tls")), "tls"))
                .isEqualTo(Map.of("key", "k", "crt", "c"));
        assertThat(fields(MountedVolumes.at(volume.folder()), "tls")).isEqualTo(Map.of("key", "k", "crt", "c"));
        assertThat(fetch(mounted("tls", volume.folder().resolve("tls")), "tls").version())
                .contains(volume.dataDirectory().getFileName().toString());
    }

    @Test
    @DisplayName("F30 a volume killed in the middle of a swap still shows its old generation")
    void readsAVolumeWhoseSwapNeverFinished() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("password", "one"));
        volume.onStep(step -> {
            if (step == KubeletVolume.Step.NEXT_LINK_CREATED) {
                throw new IllegalStateException("killed");
            }
        });
        assertThatThrownBy(() -> volume.writeText(Map.of("password", "two"))).hasMessage("killed");

        assertThat(fields(mounted("db", volume.folder()), "db")).isEqualTo(Map.of("password", "one"));
    }

    @Test
    void aKubeletVolumeOfNoKeysIsASecretOfNoFields() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of());

        assertThat(fetch(mounted("db", volume.folder()), "db").fields()).isEmpty();
    }

    @Test
    void readsAPlainFolderWithoutAVersion() throws IOException {
        settled(temp.resolve("db/user"), "app");
        settled(temp.resolve("db/.hidden"), "h");
        settled(temp.resolve("db/sub/key"), "k");
        Files.createDirectory(temp.resolve("db/..2026_old"));
        var volumes = mounted("db", temp.resolve("db"));

        assertThat(fields(volumes, "db")).isEqualTo(Map.of("user", "app", ".hidden", "h"));
        assertThat(fields(volumes, "db/sub")).isEqualTo(Map.of("key", "k"));
        assertThat(text(volumes, "db/sub/key")).isEqualTo("k");
        assertThat(fetch(volumes, "db").version()).isEmpty();
    }

    @Test
    void readsEverySubfolderAndFileOfARoot() throws IOException {
        settled(temp.resolve("db/password"), "p");
        settled(temp.resolve("token"), "t");
        var volumes = MountedVolumes.at(temp);

        assertThat(fields(volumes, "db")).isEqualTo(Map.of("password", "p"));
        assertThat(text(volumes, "db/password")).isEqualTo("p");
        assertThat(text(volumes, "token")).isEqualTo("t");
    }

    @Test
    void aMountHidesTheNameInTheRoot() throws IOException {
        settled(temp.resolve("root/db/password"), "root");
        settled(temp.resolve("other/password"), "other");
        var volumes = MountedVolumes.builder()
                .root(temp.resolve("root"))
                .mount("db", temp.resolve("other"))
                .build();

        assertThat(fields(volumes, "db")).isEqualTo(Map.of("password", "other"));
    }

    @Test
    void aMountMayItselfBeALink() throws IOException {
        settled(temp.resolve("far/away/password"), "p");
        Files.createSymbolicLink(temp.resolve("db"), temp.resolve("far/away"));

        assertThat(fields(mounted("db", temp.resolve("db")), "db")).isEqualTo(Map.of("password", "p"));
    }

    @Test
    void readsAFileMountedNextToTheLinksOfAVolume() throws IOException {
        var volume = KubeletVolume.create(temp.resolve("payment"));
        volume.writeText(Map.of("password", "p"));
        volume.subPath("password", volume.folder().resolve("extra"));
        Fetches.aged(volume.folder().resolve("extra"));

        assertThat(text(mounted("db", volume.folder()), "db/extra")).isEqualTo("p");
        assertThat(text(mounted("extra", volume.folder().resolve("extra")), "extra"))
                .isEqualTo("p");
    }

    @Test
    @DisplayName("B36 bytes stay as they are, line breaks at the end included")
    void leavesBytesUntouched() throws IOException {
        var bytes = new byte[] {0, (byte) 0xFF, '\r', '\n', '-', '\n', '\n'};
        Files.write(settled(temp.resolve("pem"), ""), bytes);

        var data = fetch(MountedVolumes.at(temp), "pem");

        assertThat(data.value().orElseThrow().revealBytes()).isEqualTo(bytes);
    }

    @Test
    @DisplayName("B44 a file may have the name of anything")
    void takesNamesThatMeanSomethingElsewhere() throws IOException {
        for (String name : new String[] {"class", "__proto__", "constructor", "toString", "...", "with space"}) {
            settled(temp.resolve("db").resolve(name), name);
        }

        assertThat(fields(MountedVolumes.at(temp), "db"))
                .containsOnlyKeys("class", "__proto__", "constructor", "toString", "with space");
    }

    @Test
    void saysWhatIsNotMounted() {
        var volumes = mounted("database", temp.resolve("nowhere"));

        assertThatThrownBy(() -> fetch(volumes, "database"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("is not mounted: '" + temp.resolve("nowhere") + "' does not exist");
        assertThatThrownBy(() -> fetch(volumes, "databse"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("no volume has the name 'databse'")
                .hasMessageContaining("did you mean 'database'?");
        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp.resolve("nowhere")), "x"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("is not mounted");
        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "x"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("is not mounted");
    }

    @Test
    void saysWhatIsMissingInsideAMount() throws IOException {
        settled(temp.resolve("db/password"), "p");
        var volumes = mounted("db", temp.resolve("db"));

        assertThatThrownBy(() -> fetch(volumes, "db/pasword"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("has no 'pasword'");
        assertThatThrownBy(() -> fetch(volumes, "db/password/deeper")).isInstanceOf(SecretNotFoundException.class);
    }

    @Test
    void anEmptyFolderIsNotFoundRatherThanASecretWithoutFields() throws IOException {
        Files.createDirectory(temp.resolve("db"));

        assertThatThrownBy(() -> fetch(MountedVolumes.at(temp), "db"))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageContaining("holds no files");
    }
}
