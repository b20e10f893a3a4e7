package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.ConfigKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That one look at one message is enough to put a whole configuration right. */
class ConfigProblemsTest {

    private final TestFactory factory = new TestFactory();

    @TempDir
    private Path folder;

    @Test
    @DisplayName(
            "B41 negative times, refresh past maxStale, zero threads, overflow, unknown kinds and keys, circles and"
                    + " duplicates are reported at once")
    void everyKindOfProblemAtOnce() {
        var config = new HashMap<String, String>();
        config.put("secrets.not-found-ttl", "-1s");
        config.put("secrets.refresh-after", "2h");
        config.put("secrets.max-stale", "1h");
        config.put("secrets.denied-ttl", "9223372036854775807d");
        config.put("secrets.colour", "blue");
        config.put("secrets.source.pool.kind", "test");
        config.put("secrets.source.pool.threads", "0");
        config.put("secrets.source.pool.wait-deadline", "0s");
        config.put("secrets.source.pool.colour", "blue");
        config.put("secrets.source.what.kind", "vualt");
        config.put("secrets.source.one.kind", "failover");
        config.put("secrets.source.one.sources", "two");
        config.put("secrets.source.two.kind", "failover");
        config.put("secrets.source.two.sources", "one");
        config.put("secrets.source.twice.kind", "first-of");
        config.put("secrets.source.twice.sources", "vars,vars,nowhere,neither");
        config.put("secrets.source.vars.kind", "env");

        assertThat(problemsOf(config))
                .satisfiesExactlyInAnyOrder(
                        is("secrets.not-found-ttl: must not be negative: '-1s'"),
                        is("secrets.refresh-after: must not be longer than max-stale: PT2H against PT1H"),
                        is("secrets.denied-ttl: must be shorter than 292 years: '9223372036854775807d'"),
                        is("secrets.colour: unknown key; known: "),
                        is("secrets.source.pool.threads: must be at least 1 and at most 64: '0'"),
                        is("secrets.source.pool.wait-deadline: must be positive: '0s'"),
                        is("secrets.source.pool.colour: unknown setting; known: "),
                        is("secrets.source.what.kind: unknown kind 'vualt'; known: "),
                        is("secrets.source.two: sources name each other in a circle: one -> two -> one"),
                        is("secrets.source.twice: sources names the same source twice"));
    }

    @Test
    @DisplayName("B41 all members that are not there are reported, not only the first")
    void allMissingMembersAtOnce() {
        var problems = problemsOf(Map.of(
                "secrets.source.all.kind", "first-of",
                "secrets.source.all.sources", "east,west",
                "secrets.source.both.kind", "failover",
                "secrets.source.both.sources", "broken,all",
                "secrets.source.broken.kind", "test",
                "secrets.source.broken.tls", "perhaps"));

        assertThat(problems)
                .hasSize(3)
                .filteredOn(problem -> problem.startsWith("secrets.source.all: names a source that is not configured"))
                .hasSize(2);
    }

    @Test
    @DisplayName("B41 a name that is given in code and configured is reported with all else")
    void reportsANameThatIsGivenAndConfigured() {
        var builder = Secrets.builder()
                .source("app", InMemorySecrets.create())
                .config(Map.of("secrets.source.app.kind", "env", "secrets.max-stale", "-1s"));

        assertThatThrownBy(builder::build)
                .hasMessageStartingWith("2 problems in configuration: ")
                .hasMessageContaining("secrets.max-stale: must not be negative")
                .hasMessageContaining("secrets.source.app: a source of this name is given in code; rename one of them");
    }

    @Test
    @DisplayName("B41 what is set twice, in a file or in variables, is reported with all else")
    void reportsWhatIsSetTwice() throws Exception {
        Path file = Files.writeString(
                folder.resolve("config.properties"), "secrets.max-stale=1h\nsecrets.colour=x\nsecrets.max-stale=2h\n");
        var variables = Map.of(
                "SECRETS_CONFIG", file.toString(),
                "SECRETS_SOURCE_APP_KIND", "vualt",
                "SECRETS_DENIED_TTL", "1s",
                "secrets_denied_ttl", "2s");

        var problem = catchThrowable(
                () -> EnvironmentConfig.read(variables, Map.of(), factory.withBuiltIn(), TestConfig.problems()));

        assertThat(problem)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("4 problems in configuration: ")
                .hasMessageContaining("secrets.max-stale: is set twice in the properties file")
                .hasMessageContaining("SECRETS_DENIED_TTL: is set twice, in names that differ in case only")
                .hasMessageContaining("secrets.colour: unknown key")
                .hasMessageContaining("secrets.source.app.kind: unknown kind 'vualt'");
        assertThat(factory.log).isEmpty();
    }

    @Test
    @DisplayName("B41 a number outside of its range is refused with the range")
    void checksRanges() {
        assertThat(problemsOf(Map.of("secrets.source.a.kind", "test", "secrets.source.a.threads", "65")))
                .containsExactly("secrets.source.a.threads: must be at least 1 and at most 64: '65'");
        assertThatThrownBy(() -> new ConfigText("k", "-1").number(number().withRange(0, Long.MAX_VALUE)))
                .hasMessage("k: must be at least 0: '-1'");
        assertThat(new ConfigText("k", "-1").number(number())).isEqualTo(-1);
        assertThatThrownBy(() -> number().withRange(2, 1)).hasMessageStartingWith("a range must be of a number");
        assertThatThrownBy(() -> ConfigKey.of("x", ConfigKey.Type.TEXT, "X.").withRange(1, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ConfigKey number() {
        return ConfigKey.of("threads", ConfigKey.Type.NUMBER, "How many.");
    }

    private static org.assertj.core.api.ThrowingConsumer<String> is(String begin) {
        return problem -> assertThat(problem).startsWith(begin);
    }

    /** The problems of the one exception, without their numbers. */
    private List<String> problemsOf(Map<String, String> config) {
        var problem = catchThrowable(() -> factory.read(config));

        assertThat(problem).isExactlyInstanceOf(IllegalArgumentException.class).hasNoCause();
        var all = problem.getMessage().replaceFirst("^[0-9]+ problems in configuration: \\(1\\) ", "");
        return new ArrayList<>(Arrays.asList(all.split("; \\([0-9]+\\) ", -1)));
    }

    @Test
    @DisplayName("B41 all settings that a source must have and has not are told together")
    void missingSettingsAreToldTogether() {
        assertThatThrownBy(() -> Secrets.fromConfig(
                        Map.of("secrets.source.a.kind", "first-of", "secrets.source.b.kind", "failover")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secrets.source.a.sources: is missing; set it: ")
                .hasMessageContaining("secrets.source.b.sources: is missing; set it: ");
    }
}
