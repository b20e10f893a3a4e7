package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;
import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class MountedVolumesTest {

    @TempDir
    Path temp;

    @Test
    void tellsTheEngineHowToTreatIt() {
        var traits = MountedVolumes.at(temp).traits();

        assertThat(traits.isLinearizable()).isTrue();
        assertThat(traits.neverRotates()).isFalse();
        assertThat(traits.hintGap()).isEqualTo(Duration.ofMillis(50));
        assertThat(traits.policy().refreshAfter()).isEqualTo(Duration.ofSeconds(60));
        assertThat(traits.policy().maxStale()).isEqualTo(Duration.ofMinutes(10));
        assertThat(traits.problemWith(id("db/tls/key"))).isEmpty();
        assertThat(traits.problemWith(id("db").atVersion("1"))).isPresent();
        assertThat(traits.problemWith(id("/etc/passwd"))).isPresent();
    }

    @Test
    @DisplayName("F34 no path leads up: references with names that begin with two dots cannot be made")
    void namesOfTheVolumeItselfAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> id("db/..data/key"));
        assertThatIllegalArgumentException().isThrownBy(() -> id("../key"));
        assertThatIllegalArgumentException().isThrownBy(() -> id("db/./key"));
        assertThatIllegalArgumentException().isThrownBy(() -> id("db//key"));
    }

    @Test
    void checksItsSettingsAtOnce() throws IOException {
        var builder = MountedVolumes.builder().mount("db", temp);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.mount("db", temp))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.mount("a/b", temp))
                .withMessageContaining("'/'");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.mount("..a", temp));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maximumSize(0))
                .withMessageContaining("bytes: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maximumSize(1L << 31));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.settle(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.settle(Duration.ofSeconds(2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MountedVolumes.builder().build());
        try (var zip = FileSystems.newFileSystem(temp.resolve("a.zip"), Map.of("create", "true"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> builder.mount("zip", zip.getPath("/")));
        }
    }

    @Test
    void buildingDoesNotChangeTheBuilderNorTheBuilderTheBuilt() throws IOException {
        settled(temp.resolve("one/key"), "1");
        var builder = MountedVolumes.builder().mount("one", temp.resolve("one"));
        var before = builder.build();

        builder.mount("two", temp.resolve("one")).maximumSize(1);
        Files.writeString(temp.resolve("one/key"), "12");

        assertThat(Fetches.fields(before, "one")).containsValue("12");
        assertThatThrownBy(() -> Fetches.fetch(before, "two")).hasMessageContaining("no volume has the name");
        assertThatThrownBy(() -> Fetches.fetch(builder.build(), "two")).isInstanceOf(SecretFormatException.class);
    }

    @Test
    @DisplayName("F31 a file that is never left alone is an outage when time is up, not half a value")
    void aRestlessFileIsAnOutage() throws IOException {
        Files.writeString(temp.resolve("key"), "v");
        var volumes = MountedVolumes.builder()
                .root(temp)
                .settle(Duration.ofSeconds(1))
                .build();
        var hurried = TestContext.real().withRemaining(Duration.ofMillis(900));

        assertThatThrownBy(() -> volumes.fetch(id("key"), hurried))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("keeps changing");
    }

    @Test
    void readsWithoutBeingStartedButDoesNotWatch() throws IOException {
        settled(temp.resolve("key"), "v");
        var volumes = MountedVolumes.at(temp);

        assertThat(Fetches.text(volumes, "key")).isEqualTo("v");
        assertThatThrownBy(() -> volumes.watch(id("key"), () -> {})).isInstanceOf(IllegalStateException.class);
        volumes.close();
    }

    @Test
    void diagnosesWhatStandsInTheWay() throws IOException {
        settled(temp.resolve("good/key"), "v");
        settled(temp.resolve("empty"), "");
        settled(temp.resolve("large"), "123456");
        settled(temp.resolve("dead/key"), "v");
        Files.createSymbolicLink(temp.resolve("dead/link"), Path.of("nowhere"));
        KubeletVolume.create(temp.resolve("bare")).writeText(Map.of());
        var volumes = MountedVolumes.builder().root(temp).maximumSize(5).build();

        assertThat(finding(volumes, "good")).contains("is mounted at").contains("and readable");
        assertThat(finding(volumes, "empty")).contains("is there, but empty");
        assertThat(finding(volumes, "bare")).contains("is there, but empty");
        assertThat(finding(volumes, "large")).contains("is too large");
        assertThat(finding(volumes, "dead")).contains("has a link that leads nowhere: 'link'");
        assertThat(finding(volumes, "missing")).contains("is not mounted");
    }

    private static String finding(MountedVolumes volumes, String path) {
        var found = volumes.diagnose(Set.of(id(path)));
        assertThat(found)
                .singleElement()
                .matches(each -> each.isHealthy() == each.fix().isEmpty());
        return found.stream().map(Diagnosis::toString).findFirst().orElseThrow();
    }
}
