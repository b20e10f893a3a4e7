package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSourceFactory;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The page is written by hand, its tables by the code: a key that is added shows up here as a difference. */
class ConfigurationPageTest {

    private static final Pattern KINDS = Pattern.compile("(?s)\n(### .*?)\n## ");
    private static final Pattern POLICY_ROW = Pattern.compile("\\| `([a-z-]+)` \\| `([^`]+)` \\| .*\\.? \\|");

    private static final Pattern GLOBAL_ROW = Pattern.compile("\\| `secrets\\.([a-z-]+)` \\| `([^`]+)` \\| .*\\. \\|");

    @Test
    void theTablesOfKindsAreThoseOfTheFactories() throws IOException {
        var onPage = KINDS.matcher(page());

        assertThat(onPage.find()).isTrue();
        assertThat(onPage.group(1)).isEqualTo(tables());
    }

    @Test
    void theTableOfPolicyKeysHasEveryKeyWithItsDefault() throws IOException {
        var onPage = page().lines()
                .flatMap(line -> POLICY_ROW.matcher(line).results())
                .collect(Collectors.toMap((MatchResult row) -> row.group(1), row -> row.group(2)));
        var problems = TestConfig.problems();
        var set = PolicySettings.read("", onPage, problems);

        assertThat(onPage.keySet()).containsExactlyInAnyOrderElementsOf(PolicySettings.known());
        assertThat(set).hasToString(RefreshPolicy.defaults().toString());
        assertThat(problems.count()).isZero();
    }

    @Test
    void everySettingOfAPolicyHasAKey() {
        var withers = Arrays.stream(RefreshPolicy.class.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("with"))
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .map(name -> name.substring("with-".length()));

        assertThat(withers).containsExactlyInAnyOrderElementsOf(PolicySettings.known());
    }

    @Test
    void theTableOfKeysForEverythingHasEachWithItsDefault() throws IOException {
        var onPage = page().lines()
                .flatMap(line -> GLOBAL_ROW.matcher(line).results())
                .collect(Collectors.toMap((MatchResult row) -> row.group(1), row -> row.group(2)));
        var expected = new ArrayList<>(GlobalSettings.known());
        expected.removeAll(PolicySettings.known());
        var unset = GlobalSettings.read(Map.of(), TestConfig.problems());
        var set = GlobalSettings.read(onPage, TestConfig.problems());

        assertThat(onPage.keySet()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(set.literals()).isEqualTo(unset.literals());
        assertThat(set.audit()).isEqualTo(unset.audit());
    }

    private static String tables() {
        return StreamSupport.stream(SourceFactories.onClassPath().spliterator(), false)
                .sorted(Comparator.comparing(SecretSourceFactory::kind))
                .map(ConfigurationPageTest::table)
                .collect(Collectors.joining("\n"));
    }

    private static String table(SecretSourceFactory factory) {
        return factory.keys().stream()
                .sorted(Comparator.comparing(ConfigKey::name))
                .map(ConfigurationPageTest::row)
                .collect(Collectors.joining(
                        "",
                        "### `" + factory.kind() + "`\n\n| key | type | default | meaning |\n|---|---|---|---|\n",
                        ""));
    }

    private static String row(ConfigKey key) {
        var type = key.type().name().toLowerCase(Locale.ROOT);
        var standard = key.standard().map(text -> "`" + text + "`").orElse(key.isRequired() ? "required" : "");
        return "| `" + key.name() + "` | " + type + " | " + standard + " | " + key.meaning() + " |\n";
    }

    private static String page() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/configuration.md"))) {
            folder = folder.getParent();
        }
        return Files.readString(folder.resolve("docs/configuration.md"));
    }
}
