package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.source.EnvironmentVariablesFactory;
import io.github.secretsource.spi.SecretSourceFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentConfigTest {

    private static final List<SecretSourceFactory> FACTORIES = List.of(new EnvironmentVariablesFactory());

    @TempDir
    private Path folder;

    @Test
    void readsVariables() {
        assertThat(variables(Map.of(
                        "SECRETS_SOURCE_DB_KIND", "env",
                        "SECRETS_SOURCE_DB_REFRESH_AFTER", "30s",
                        "SECRETS_SOURCE_DB_PREFIX_ORDERS_DB", "ORDERS_",
                        "SECRETS_MAX_STALE", "2h",
                        "HOME", "/root")))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "secrets.source.db.kind", "env",
                        "secrets.source.db.refresh-after", "30s",
                        "secrets.source.db.prefix.orders-db", "ORDERS_",
                        "secrets.max-stale", "2h"));
    }

    @Test
    void readsVariablesOfKeysForEverything() {
        assertThat(variables(Map.of("SECRETS_LITERALS", "refuse", "SECRETS_AUDIT", "true")))
                .containsOnlyKeys("secrets.literals", "secrets.audit");
    }

    @Test
    void readsNamesInAnyCase() {
        assertThat(variables(Map.of("secrets_source_db_kind", "env", "Secrets_Max_Stale", "2h")))
                .containsOnlyKeys("secrets.source.db.kind", "secrets.max-stale");
    }

    @Test
    void prefersTheLongerNameOfASource() {
        assertThat(variables(Map.of(
                        "SECRETS_SOURCE_ORDERS_KIND", "env",
                        "SECRETS_SOURCE_ORDERS_DB_KIND", "env",
                        "SECRETS_SOURCE_ORDERS_DB_MAX_STALE", "1h",
                        "SECRETS_SOURCE_ORDERS_MAX_STALE", "2h")))
                .containsEntry("secrets.source.orders-db.max-stale", "1h")
                .containsEntry("secrets.source.orders.max-stale", "2h")
                .containsOnlyKeys(
                        "secrets.source.orders.kind",
                        "secrets.source.orders-db.kind",
                        "secrets.source.orders-db.max-stale",
                        "secrets.source.orders.max-stale");
    }

    @Test
    void addsToASourceThatAPropertyNames() {
        var config = read(
                Map.of("SECRETS_SOURCE_ORDERS_DB_PREFIX_A", "A_"),
                Map.of("secrets.source.orders-db.kind", "env", "java.home", "x"));

        assertThat(config)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("secrets.source.orders-db.kind", "env", "secrets.source.orders-db.prefix.a", "A_"));
    }

    @Test
    void leavesVariablesOfOthersAlone() {
        assertThat(variables(Map.of("SECRETS_SERVICE_HOST", "10.0.0.1", "SECRETS", "x", "SECRETS_", "y")))
                .isEmpty();
    }

    @Test
    @DisplayName("B41 a misspelt variable of a source is a problem, not silence")
    void keepsMisspeltSettingsForTheReport() {
        var config = variables(Map.of(
                "SECRETS_SOURCE_DB_KIND", "env", "SECRETS_SOURCE_DB_REFRESH_AFTR", "1s", "SECRETS_SOURCE_X_Y", "z"));

        assertThat(config).containsKeys("secrets.source.db.refresh-aftr", "secrets.source.x.y");
        assertThatThrownBy(() -> TestConfig.read(config, FACTORIES))
                .hasMessageContaining("secrets.source.db.refresh-aftr: unknown setting")
                .hasMessageContaining("did you mean 'refresh-after'?")
                .hasMessageContaining("secrets.source.x.kind: is missing");
    }

    @Test
    void refusesAVariableThatIsSetTwice() {
        assertThatThrownBy(() -> variables(Map.of("SECRETS_MAX_STALE", "1h", "secrets_max_stale", "2h")))
                .hasMessage("SECRETS_MAX_STALE: is set twice, in names that differ in case only");
    }

    @Test
    void letsVariablesWinOverTheFileAndPropertiesOverBoth() throws IOException {
        var file = write("secrets.max-stale = 1h\nsecrets.refresh-after = 1m\nsecrets.denied-ttl=1s\n");

        var config = read(
                Map.of("SECRETS_CONFIG", file, "SECRETS_MAX_STALE", "2h", "SECRETS_REFRESH_AFTER", "2m"),
                Map.of("secrets.max-stale", "3h"));

        assertThat(config)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("secrets.max-stale", "3h", "secrets.refresh-after", "2m", "secrets.denied-ttl", "1s"));
    }

    @Test
    void takesTheFileThatTheSystemPropertyNames() throws IOException {
        var file = write("secrets.max-stale=1h\n");

        assertThat(read(Map.of("SECRETS_CONFIG", "/nowhere"), Map.of("secrets.config", file)))
                .containsOnlyKeys("secrets.max-stale");
    }

    @Test
    void refusesAFileThatCannotBeRead() throws IOException {
        var malformed = write("a=\\u12\n");
        var noText = folder.resolve("latin1");
        Files.write(noText, new byte[] {'a', '=', (byte) 0xFF});

        assertThatThrownBy(() -> file("/nowhere/hunter2"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("SECRETS_CONFIG: must name a properties file of at most 1 MiB")
                .hasNoCause();
        assertThatThrownBy(() -> file(folder.toString())).hasMessageStartingWith("SECRETS_CONFIG: must name");
        assertThatThrownBy(() -> file("/dev/zero")).hasMessageStartingWith("SECRETS_CONFIG: must name");
        assertThatThrownBy(() -> file("")).hasMessage("SECRETS_CONFIG: is empty; a path is wanted");
        assertThatThrownBy(() -> file(malformed))
                .hasMessage("SECRETS_CONFIG: the file it names has a malformed \\u escape");
        assertThatThrownBy(() -> file(noText.toString()))
                .hasMessage("SECRETS_CONFIG: the file it names cannot be read: MalformedInputException");
    }

    @Test
    @DisplayName("B42 a value is data: placeholders in a file or a variable stay as they are")
    void expandsNothing() throws IOException {
        var config = read(
                Map.of(
                        "SECRETS_CONFIG",
                        write("secrets.source.a.kind=${SECRETS_MAX_STALE}\n"),
                        "SECRETS_MAX_STALE",
                        "${secrets.max-stale}"),
                Map.of());

        assertThat(config)
                .containsEntry("secrets.source.a.kind", "${SECRETS_MAX_STALE}")
                .containsEntry("secrets.max-stale", "${secrets.max-stale}");
    }

    @Test
    void readsThisProcess() {
        System.setProperty("secrets.max-stale", "7h");
        try {
            assertThat(EnvironmentConfig.read(line -> {})).containsEntry("secrets.max-stale", "7h");
        } finally {
            System.clearProperty("secrets.max-stale");
        }
    }

    private String write(String text) throws IOException {
        return Files.writeString(folder.resolve("config.properties"), text).toString();
    }

    private static Map<String, String> file(String path) {
        return variables(Map.of("SECRETS_CONFIG", path));
    }

    private static Map<String, String> variables(Map<String, String> variables) {
        return read(variables, Map.of());
    }

    private static Map<String, String> read(Map<String, String> variables, Map<String, String> properties) {
        return EnvironmentConfig.read(variables, properties, FACTORIES, TestConfig.problems());
    }
}
