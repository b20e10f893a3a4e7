package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.RefreshPolicy.WhenGone;
import io.github.secretsource.source.EnvironmentVariablesFactory;
import io.github.secretsource.spi.SecretSourceFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private final TestFactory factory = new TestFactory();

    @Test
    void readsSourcesAndPolicies() {
        var config = read(Map.of(
                "secrets.source.db.kind", "test",
                "secrets.source.db.address", "https://vault:8200",
                "secrets.source.db.refresh-after", "30s",
                "secrets.source.db.when-gone", "keep-until-max-stale",
                "secrets.source.plain.kind", "env",
                "secrets.max-stale", "2h"));

        assertThat(config.sources()).containsOnlyKeys("db", "plain");
        assertThat(config.policy().maxStale()).isEqualTo(Duration.ofHours(2));
        assertThat(config.policyOf("db").refreshAfter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.policyOf("db").whenGone()).isEqualTo(WhenGone.KEEP_UNTIL_MAX_STALE);
        assertThat(config.policyOf("plain")).isSameAs(RefreshPolicy.unset());
        assertThat(config).hasToString("Configuration[db, plain]");
    }

    @Test
    void findsTheFactoriesOnTheClassPath() {
        var settings = Map.of(
                "secrets.source.env.kind", "env",
                "secrets.source.env.prefix.db", "DB_",
                "secrets.source.all.kind", "first-of",
                "secrets.source.all.sources", "env");

        var config = Configuration.read(settings, Set.of(), line -> {});

        assertThat(config.sources()).containsOnlyKeys("env", "all");
        assertThat(config.sources().get("env")).hasToString("EnvironmentVariables[prefixes=[db]]");
    }

    @Test
    void looksForNoFactoryWhereNoSourceIsConfigured() {
        Iterable<SecretSourceFactory> unasked = () -> {
            throw new AssertionError("looked up");
        };

        assertThat(TestConfig.read(Map.of("secrets.refresh-after", "1m"), unasked)
                        .sources())
                .isEmpty();
    }

    @Test
    void givesAFactoryItsSettingsTyped() {
        read(Map.of(
                "secrets.source.db.kind", "test",
                "secrets.source.db.address", "https://vault:8200/x",
                "secrets.source.db.ca", "/etc/ca.pem",
                "secrets.source.db.timeout", "PT2S",
                "secrets.source.db.tls", "true",
                "secrets.source.db.mount.a", "1",
                "secrets.source.db.mount.b.c", "2"));

        assertThat(factory.seen)
                .containsEntry("name", "db")
                .containsEntry("address", URI.create("https://vault:8200/x"))
                .containsEntry("ca", Path.of("/etc/ca.pem"))
                .containsEntry("timeout", Duration.ofSeconds(2))
                .containsEntry("threads", 4L)
                .containsEntry("tls", true)
                .containsEntry("mounts", Map.of("a", "1", "b.c", "2"));
    }

    @Test
    @DisplayName("B41 every problem is listed at once, with its key")
    void listsAllProblemsAtOnce() {
        var config = new HashMap<String, String>();
        config.put("secrets.refresh-after", "-5s");
        config.put("secrets.max-stale", "soon");
        config.put("secrets.wait-deadline", "0s");
        config.put("secrets.fetch-deadline", "999999999999999d");
        config.put("secrets.denied-ttl", "PT99999999999999999999H");
        config.put("secrets.when-gone", "explode");
        config.put("secrets.refresh-afte", "1s");
        config.put("secret.refresh-after", "1s");
        config.put("secrets.source.db.kind", "test");
        config.put("secrets.source.db.threads", "many");
        config.put("secrets.source.db.tls", "yes");
        config.put("secrets.source.db.addres", "x");
        config.put("secrets.source.db.address", "vault");
        config.put("secrets.source.db.refresh-after", "2h");
        config.put("secrets.source.db.max-stale", "1h");
        config.put("secrets.source.nokind.refresh-after", "1s");
        config.put("secrets.source.Bad.kind", "env");
        config.put("secrets.source.kind", "env");
        config.put("secrets.null", null);

        String message = messageOf(config);

        assertThat(message)
                .startsWith("17 problems in configuration: (1) secret.refresh-after: unknown key")
                .contains("secrets.refresh-after: must not be negative: '-5s'")
                .contains("secrets.max-stale: is not a length of time: 'soon'; write 500ms, 30s, 5m, 1h, 1d or ISO")
                .contains("secrets.wait-deadline: must be positive: '0s'")
                .contains("secrets.fetch-deadline: must be shorter than 292 years: '999999999999999d'")
                .contains("secrets.denied-ttl: must be shorter than 292 years: 'PT99999999999999999999H'")
                .contains("secrets.when-gone: must be one of withdraw, keep-until-max-stale: 'explode'")
                .contains("secrets.refresh-afte: unknown key; known: ")
                .contains("did you mean 'secrets.refresh-after'?")
                .contains("secrets.source.db.threads: is not a whole number of at most 18 digits: 'many'")
                .contains("secrets.source.db.tls: must be true or false: 'yes'")
                .contains("secrets.source.db.addres: unknown setting; known: ")
                .contains("did you mean 'address'?")
                .contains("secrets.source.db.address: must be an absolute URI, with its scheme")
                .contains("secrets.source.db.refresh-after: must not be longer than max-stale: PT2H against PT1H")
                .contains("secrets.source.nokind.kind: is missing; known kinds: env, failover, first-of, test")
                .contains("secrets.source.Bad.kind: the name of a source must be [a-z][a-z0-9-]*")
                .contains("secrets.source.kind: unknown key; write secrets.source.<name>.<setting>")
                .contains("secrets.null: a key and a value must not be null");
    }

    @Test
    @DisplayName("B2 an unknown kind is named, with the known ones and the nearest")
    void guessesTheKind() {
        assertThat(messageOf(Map.of("secrets.source.db.kind", "vualt")))
                .isEqualTo("secrets.source.db.kind: unknown kind 'vualt'; known: aws-sm, aws-ssm, azure-kv, env,"
                        + " failover, first-of, kubernetes, test, vault; did you mean 'vault'?");
    }

    @ParameterizedTest
    @CsvSource({
        "kubernetes, secrets-k8s",
        "vault, secrets-vault",
        "aws-sm, secrets-aws",
        "aws-ssm, secrets-aws",
        "azure-kv, secrets-azure"
    })
    @DisplayName("B3 a kind whose module is absent says which one is needed")
    void namesTheModuleThatIsAbsent(String kind, String module) {
        assertThat(messageOf(Map.of("secrets.source.db.kind", kind)))
                .isEqualTo("secrets.source.db.kind: kind '" + kind + "' needs " + module + " on the class path");
    }

    @Test
    @DisplayName("B41 no text that may be secret is repeated, whatever is wrong with it")
    void repeatsNoText() {
        var secret = "s3cr3t-tok en\u0000^";
        var config = Map.of(
                "secrets.source.db.kind", "test",
                "secrets.source.db.address", secret,
                "secrets.source.db.ca", secret,
                "secrets.source.db.tokn", secret,
                "secrets.source.refuses.kind", "test",
                "secrets.source.refuses.token", "quoted-secret",
                "secrets.source.throws.kind", "test",
                "secrets.source.throws.token", "thrown-secret",
                "secrets.source.parses.kind", "test",
                "secrets.source.parses.token", "parsed-secret");

        var problem = catchThrowable(() -> read(config));

        assertThat(problem)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageContaining("secrets.source.db.address: is not a URI, at character 10")
                .hasMessageContaining("secrets.source.db.ca: is not a path, at character")
                .hasMessageContaining("secrets.source.refuses: its settings are refused")
                .hasMessageContaining("secrets.source.throws: could not be opened: java.lang.IllegalStateException")
                .hasMessageContaining("secrets.source.parses: its settings are refused")
                .hasMessageNotContainingAny("s3cr3t", "quoted-secret", "thrown-secret", "parsed-secret");
    }

    @Test
    void tellsAFactorysOwnWords() {
        assertThat(messageOf(Map.of("secrets.source.db.kind", "test", "secrets.source.db.token", "plain")))
                .isEqualTo("secrets.source.db: token does not fit address");
        assertThat(messageOf(Map.of("secrets.source.db.kind", "test", "secrets.source.db.token", "need")))
                .isEqualTo("secrets.source.db.address: is missing; set it: Where it is.");
        assertThat(messageOf(Map.of("secrets.source.db.kind", "test", "secrets.source.db.token", "link")))
                .isEqualTo("secrets.source.db: could not be opened: java.lang.NoClassDefFoundError");
        assertThat(messageOf(Map.of("secrets.source.db.kind", "test", "secrets.source.db.token", "undeclared")))
                .isEqualTo("secrets.source.db.colour: is asked for by its factory, which does not declare it");
    }

    @Test
    void cutsWhatItEchoesAndShowsNoControlCharacter() {
        assertThat(messageOf(Map.of("secrets.refresh-after", "1".repeat(100) + "x")))
                .contains("'" + "1".repeat(40) + "...'");
        assertThat(messageOf(Map.of("secrets.refresh-after", "a\r\nb"))).contains("'aU+000DU+000Ab'");
        assertThat(messageOf(Map.of("secrets.x\u001B" + "y".repeat(500), "v")))
                .startsWith("secrets.xU+001By")
                .contains("y...: unknown key");
    }

    @Test
    void reportsABrokenFactoryAndGoesOn() {
        Iterable<SecretSourceFactory> present = () -> new BrokenFirst(List.of(new EnvironmentVariablesFactory()));

        var problem = catchThrowable(() -> TestConfig.read(Map.of("secrets.source.e.kind", "env"), present));

        assertThat(problem).hasMessage("a kind of source on the class path is broken: Provider x not found");
    }

    @Test
    void reportsTwoFactoriesOfOneKind() {
        var present =
                List.<SecretSourceFactory>of(new EnvironmentVariablesFactory(), new EnvironmentVariablesFactory());

        assertThatThrownBy(() -> TestConfig.read(Map.of("secrets.source.e.kind", "env"), present))
                .hasMessageStartingWith("kind 'env' is made by two factories: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${secrets.max-stale}", "${env:HOME}", "#{1+1}", "%s", "${a}${a}"})
    @DisplayName("B42 B43 a configured value is data: never expanded, never formatted")
    void expandsNothing(String text) {
        read(Map.of("secrets.source.db.kind", "test", "secrets.source.db.mount.a", text, "secrets.max-stale", "1h"));

        assertThat(factory.seen).containsEntry("mounts", Map.of("a", text));
    }

    @Test
    @DisplayName("B44 names such as class and __proto__ are opaque")
    void takesNamesAsTheyAre() {
        read(Map.of("secrets.source.class.kind", "test", "secrets.source.class.mount.__proto__", "x"));

        assertThat(factory.seen).containsEntry("name", "class").containsEntry("mounts", Map.of("__proto__", "x"));
        assertThat(messageOf(Map.of("secrets.source.a.kind", "test", "secrets.source.a.__proto__", "x")))
                .startsWith("secrets.source.a.__proto__: unknown setting");
    }

    private Configuration read(Map<String, String> config) {
        return factory.read(config);
    }

    private String messageOf(Map<String, String> config) {
        var problem = catchThrowable(() -> read(config));

        assertThat(problem).isExactlyInstanceOf(IllegalArgumentException.class).hasNoCause();
        return problem.getMessage();
    }

    private static final class BrokenFirst implements Iterator<SecretSourceFactory> {

        private final Iterator<SecretSourceFactory> rest;
        private boolean thrown;

        BrokenFirst(List<SecretSourceFactory> rest) {
            this.rest = rest.iterator();
        }

        @Override
        public boolean hasNext() {
            return rest.hasNext();
        }

        @Override
        public SecretSourceFactory next() {
            if (!thrown) {
                thrown = true;
                throw new ServiceConfigurationError("Provider x not found");
            }
            return rest.next();
        }
    }
}
