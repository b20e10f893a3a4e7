package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedVolumesFactoryTest {

    private final MountedVolumesFactory factory = new MountedVolumesFactory();

    @TempDir
    Path temp;

    private SecretSource open(Map<String, String> settings) {
        return factory.open(new Settings(settings));
    }

    @Test
    void knowsItsKeys() {
        assertThat(factory.kind()).isEqualTo("file");
        assertThat(factory.keys())
                .extracting(ConfigKey::name)
                .containsExactlyInAnyOrder("mount.*", "root", "maximum-size", "events");
    }

    @Test
    void opensWhatIsConfigured() throws IOException {
        settled(temp.resolve("root/token"), "t");
        settled(temp.resolve("volume/key"), "123");
        var settings = Map.of(
                "root",
                temp.resolve("root").toString(),
                "mount.db",
                temp.resolve("volume").toString(),
                "maximum-size",
                "2",
                "events",
                "false");

        try (var source = open(settings);
                var context = new VolumeContext()) {
            source.start(context);

            assertThat(source.fetch(Fetches.id("token"), TestContext.real())
                            .value()
                            .orElseThrow()
                            .reveal())
                    .isEqualTo("t");
            assertThatThrownBy(() -> source.fetch(Fetches.id("db"), TestContext.real()))
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageContaining("more than 2 bytes");
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(Map.of()))
                .withMessage("nothing is mounted: give a mount or a root");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(Map.of("mount.db", "/x\0y")))
                .withMessage("secrets.source.files.mount.db is not a path on this system");
        assertThatIllegalArgumentException().isThrownBy(() -> open(Map.of("root", "/x", "maximum-size", "0")));
    }

    /** The settings of a source named {@code files}, not checked against anything. */
    private record Settings(Map<String, String> settings) implements SourceConfig {

        @Override
        public String name() {
            return "files";
        }

        @Override
        public Optional<String> text(String key) {
            return Optional.ofNullable(settings.get(key));
        }

        @Override
        public String required(String key) {
            return text(key).orElseThrow();
        }

        @Override
        public Map<String, String> family(String prefix) {
            var family = new TreeMap<String, String>();
            settings.forEach((key, value) -> {
                if (key.startsWith(prefix + ".")) {
                    family.put(key.substring(prefix.length() + 1), value);
                }
            });
            return family;
        }

        @Override
        public Optional<Path> path(String key) {
            return text(key).map(Path::of);
        }

        @Override
        public Optional<URI> uri(String key) {
            return text(key).map(URI::create);
        }

        @Override
        public Optional<Duration> duration(String key) {
            return text(key).map(Duration::parse);
        }

        @Override
        public Optional<Long> number(String key) {
            return text(key).map(Long::valueOf);
        }

        @Override
        public Optional<Boolean> flag(String key) {
            return text(key).map(Boolean::valueOf);
        }

        @Override
        public SecretSource source(String name) {
            throw new IllegalArgumentException(name);
        }
    }
}
