package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Configured sources that name others, and what becomes of those that were opened when something is wrong. */
class ConfiguredMembersTest {

    private final TestFactory factory = new TestFactory();

    @Test
    @DisplayName("B41 sources that were opened before a problem was found are closed again, last first")
    void closesWhatItOpened() {
        messageOf(Map.of(
                "secrets.source.a.kind", "test",
                "secrets.source.b.kind", "failover",
                "secrets.source.b.sources", "c,a",
                "secrets.source.c.kind", "test",
                "secrets.source.d.kind", "nothing"));

        assertThat(factory.log).containsExactly("open a", "open c", "close c", "close a");
    }

    @Test
    void saysWhichSourceCouldNotBeClosedAgain() {
        factory.log.add("refuse to close");

        assertThat(messageOf(Map.of("secrets.source.a.kind", "test", "secrets.x", "y")))
                .contains("could not be closed again");
    }

    @Test
    void opensSourcesAfterThoseThatTheyName() {
        var config = read(Map.of(
                "secrets.source.a.kind", "first-of",
                "secrets.source.a.sources", "b, z",
                "secrets.source.b.kind", "failover",
                "secrets.source.b.sources", "z,y",
                "secrets.source.y.kind", "test",
                "secrets.source.z.kind", "test"));

        assertThat(config.sources().keySet()).containsExactly("z", "y", "b", "a");
        config.sources().values().forEach(SecretSource::close);
        assertThat(factory.log).containsExactly("open z", "open y", "close z", "close y");
    }

    @Test
    void namesAConfiguredMemberInErrors() {
        var source = read(Map.of(
                        "secrets.source.a.kind", "first-of",
                        "secrets.source.a.sources", "east",
                        "secrets.source.east.kind", "env"))
                .sources()
                .get("a");

        assertThatThrownBy(() -> source.fetch(SecretId.of("a", "NOT_SET_ANYWHERE"), new Unhurried()))
                .hasMessageContaining("(member 1, east)");
    }

    @Test
    @DisplayName("B42 sources that name each other in a circle are one problem that shows it")
    void showsTheCircle() {
        assertThat(messageOf(Map.of(
                        "secrets.source.a.kind", "failover",
                        "secrets.source.a.sources", "b",
                        "secrets.source.b.kind", "first-of",
                        "secrets.source.b.sources", "c",
                        "secrets.source.c.kind", "first-of",
                        "secrets.source.c.sources", "a",
                        "secrets.source.d.kind", "first-of",
                        "secrets.source.d.sources", "a")))
                .isEqualTo("secrets.source.c: sources name each other in a circle: a -> b -> c -> a");
        assertThat(messageOf(Map.of("secrets.source.a.kind", "failover", "secrets.source.a.sources", "a")))
                .isEqualTo("secrets.source.a: sources name each other in a circle: a -> a");
    }

    @Test
    void namesAnUnknownMemberOnlyByWhatItMayBe() {
        assertThat(messageOf(Map.of(
                        "secrets.source.all.kind", "failover",
                        "secrets.source.all.sources", "eats",
                        "secrets.source.east.kind", "env")))
                .isEqualTo("secrets.source.all: names a source that is not configured; known: all, east;"
                        + " did you mean 'east'?");
        assertThat(messageOf(Map.of("secrets.source.all.kind", "failover", "secrets.source.all.sources", "S3CR3T x")))
                .doesNotContain("S3CR3T");
    }

    @Test
    void saysNothingMoreOfASourceWhoseMemberHasAProblem() {
        assertThat(messageOf(Map.of(
                        "secrets.source.a.kind", "failover",
                        "secrets.source.a.sources", "b",
                        "secrets.source.b.kind", "test",
                        "secrets.source.b.threads", "x")))
                .isEqualTo("secrets.source.b.threads: is not a whole number of at most 18 digits: 'x'");
    }

    private Configuration read(Map<String, String> config) {
        return factory.read(config);
    }

    private String messageOf(Map<String, String> config) {
        var problem = catchThrowable(() -> read(config));

        assertThat(problem).isExactlyInstanceOf(IllegalArgumentException.class).hasNoCause();
        return problem.getMessage();
    }

    private static final class Unhurried implements FetchContext {

        @Override
        public Duration remaining() {
            return Duration.ofSeconds(1);
        }

        @Override
        public boolean freshLogin() {
            return false;
        }

        @Override
        public Optional<String> knownVersion() {
            return Optional.empty();
        }
    }
}
