package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.CapturedLog;
import io.github.secretsource.SecretRef;
import io.github.secretsource.Secrets;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.test.Canary;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A secret that stands in the configuration itself. */
class LiteralsTest {

    private static final String HINT =
            "; put it into a store and write a reference to it, such as file:app#token, or set secrets.literals=allow";

    private final Canary canary = Canary.of(random());
    private final TestFactory factory = new TestFactory();

    @Test
    void isOneWarningEachByKeyUnlessSetOtherwise() {
        var config = literals();

        assertThat(read(config).sources()).containsOnlyKeys("db");
        assertThat(factory.warnings)
                .containsExactly(
                        "secrets.source.db.mount.colour: looks like a secret itself, since it is long and random"
                                + HINT,
                        "secrets.source.db.token: looks like a secret itself, since its key says so" + HINT);
        assertThat(canary.findIn(factory.warnings.toString())).isEmpty();
    }

    @Test
    @DisplayName("B41 where literals are refused, each is one of the problems reported at once, by key")
    void isAProblemWhereRefused() {
        var config = literals();
        config.put("secrets.literals", "refuse");
        config.put("secrets.max-stale", "-1s");
        config.put("secrets.source.db.clientSecret", canary.value());
        config.put("secrets.passwort", canary.value());

        var problem = catchThrowable(() -> read(config));

        assertThat(problem)
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("7 problems")
                .hasMessageContaining("secrets.max-stale: must not be negative")
                .hasMessageContaining("secrets.passwort: unknown key")
                .hasMessageContaining("secrets.passwort: looks like a secret itself, since it is long and random;")
                .hasMessageContaining("secrets.source.db.clientSecret: unknown setting")
                .hasMessageContaining("secrets.source.db.clientSecret: looks like a secret itself, since its key")
                .hasMessageContaining("secrets.source.db.mount.colour: looks like a secret itself")
                .hasMessageContaining("secrets.source.db.token: looks like a secret itself, since its key says so;");
        assertThat(canary.findIn(TestSecrets.printed(problem))).isEmpty();
        assertThat(factory.warnings).isEmpty();
    }

    @Test
    void isNotMentionedWhereAllowed() {
        var config = literals();
        config.put("secrets.literals", "allow");

        assertThat(read(config).sources()).containsOnlyKeys("db");
        assertThat(factory.warnings).isEmpty();
    }

    @Test
    void theTreatmentItselfIsChecked() {
        var config = new HashMap<>(Map.of("secrets.literals", "loudly", "secrets.audit", "maybe"));

        assertThat(catchThrowable(() -> read(config)))
                .hasMessageContaining("secrets.literals: must be one of warn, refuse, allow: 'loudly'")
                .hasMessageContaining("secrets.audit: must be true or false: 'maybe'");
    }

    @Test
    void aReferenceToASourceThatIsThereIsNone() {
        assertThat(warningsFor("other:vault#token")).isEmpty();
        assertThat(warningsFor("db:vault#token")).isEmpty();
        assertThat(warningsFor("given:vault#token")).isEmpty();
        assertThat(warningsFor("swordfish:vault#token")).hasSize(1);
        assertThat(warningsFor("")).isEmpty();
    }

    @Test
    void aMemberOfAFamilyMayBeCalledLikeASecret() {
        read(Map.of("secrets.source.db.kind", "test", "secrets.source.db.mount.password", "DB_PASSWORD_"));

        assertThat(factory.warnings).isEmpty();
    }

    @Test
    @DisplayName("B41 a key that wants a reference takes nothing else, and does not repeat it")
    void aKeyThatWantsAReferenceTakesNothingElse() {
        read(Map.of(
                "secrets.source.db.kind", "test",
                "secrets.source.db.credential", "vars:VAULT_TOKEN",
                "secrets.source.vars.kind", "env"));
        assertThat(factory.seen).containsEntry("credential", SecretRef.parse("vars:VAULT_TOKEN"));
        assertThat(factory.seen.get("asked")).hasToString("BorrowedSource[EnvironmentVariables]");

        for (String text : List.of(canary.value(), canary.value() + ":x", "")) {
            var problem = catchThrowable(
                    () -> read(Map.of("secrets.source.db.kind", "test", "secrets.source.db.credential", text)));

            assertThat(problem)
                    .hasMessage("secrets.source.db.credential: must be a reference, such as file:app#token;"
                            + " a secret itself belongs into a store");
        }
        assertThat(catchThrowable(() ->
                        read(Map.of("secrets.source.db.kind", "test", "secrets.source.db.credential", "opensesame:x"))))
                .hasMessage("secrets.source.db: names a source that is not configured; known: db");
        assertThat(factory.warnings).isEmpty();
    }

    @Test
    @DisplayName("B41 a secret under the wrong key is not repeated, though numbers and durations are")
    void aSecretUnderTheWrongKeyIsNotRepeated() {
        var problem = catchThrowable(() -> read(Map.of(
                "secrets.max-stale", canary.value(),
                "secrets.source.db.kind", canary.value(),
                "secrets.source.other.kind", "test",
                "secrets.source.other.threads", canary.value(),
                "secrets.source.other.tls", canary.value())));

        assertThat(problem)
                .hasMessageStartingWith("4 problems")
                .hasMessageContaining("is not a length of time: (not shown, since it looks like a secret)");
        assertThat(canary.findIn(problem.getMessage())).isEmpty();
    }

    @Test
    void isOneLineOfTheLogWhenSecretsAreBuilt() {
        var builder = Secrets.builder()
                .config(Map.of("secrets.source.vars.kind", "env", "secrets.source.vars.prefix.key", canary.value()));

        var log = CapturedLog.ofEverything();

        try (var secrets = builder.build()) {
            assertThat(log.warnings())
                    .containsExactly("secrets.source.vars.prefix.key: looks like a secret itself, since it is long and"
                            + " random" + HINT);
            assertThat(canary.findIn(log.text() + secrets)).isEmpty();
        } finally {
            log.close();
        }
    }

    @Test
    void isFoundWhenSecretsAreBuiltToo() {
        var builder = Secrets.builder()
                .source("given", InMemorySecrets.create())
                .config(Map.of(
                        "secrets.source.vars.kind", "env",
                        "secrets.source.vars.prefix.db", "given:db#password",
                        "secrets.source.vars.prefix.key", canary.value(),
                        "secrets.literals", "refuse"));

        assertThat(catchThrowable(builder::build))
                .hasMessageStartingWith("secrets.source.vars.prefix.key: looks like a secret itself");
    }

    /** The same in each run, since one of twenty random texts is not random enough. */
    private static String random() {
        var bytes = new byte[32];
        new Random(1).nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private Map<String, String> literals() {
        return new HashMap<>(Map.of(
                "secrets.source.db.kind", "test",
                "secrets.source.db.address", "https://vault:8200",
                "secrets.source.db.token", canary.value(),
                "secrets.source.db.mount.colour", canary.value(),
                "secrets.source.db.mount.plain", "blue"));
    }

    private List<String> warningsFor(String token) {
        var warnings = new ArrayList<String>();
        var problems = new ConfigProblems(warnings::add);
        var literals = new Literals(Literals.Treatment.WARN, Set.of("db", "other", "given"), problems);
        literals.look("secrets.source.db.token", "token", token, ConfigKey.Type.TEXT);
        literals.warn();
        return warnings;
    }

    private Configuration read(Map<String, String> config) {
        return factory.read(config);
    }
}
