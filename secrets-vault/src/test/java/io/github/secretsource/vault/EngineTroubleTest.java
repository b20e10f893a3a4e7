package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is well, and an engine of it that is not. */
final class EngineTroubleTest {
    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();

    private Secrets secrets(int status, String body) {
        for (int role = 0; role < 8; role++) {
            routes.on("GET database/creds/role" + role, asked -> Routes.reply(status, body));
        }
        for (int number = 0; number < 100; number++) {
            routes.secret("app" + number, "password", "first");
        }
        var secrets = VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("not-a-real-token")))
                .secrets();
        for (int role = 0; role < 8; role++) {
            var unused = secrets.liveLater("vault:database/creds/role" + role, Secret::value);
        }
        return secrets;
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource({
        "500, {\"errors\":[\"1 error occurred: dial tcp: connection refused\"]}",
        "400, {\"errors\":[\"unknown role\"]}",
        "404, {\"errors\":[\"no handler for route\"]}",
        "405, {\"errors\":[\"unsupported operation\"]}"
    })
    @DisplayName("F8 a database that is down, or a role that is not there, refuses no other secret")
    void refusesNoOtherSecret(int status, String body) {
        try (Secrets secrets = secrets(status, body)) {
            for (int number = 0; number < 100; number++) {
                time.advance(Duration.ofSeconds(7));
                assertThat(secrets.get("vault:secret/app" + number + "#password")
                                .reveal())
                        .isEqualTo("first");
            }
        }
    }
}
