package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Some methods ask somebody else, who may be down: the server says 400 then, as it does of a wrong password. */
final class LoginRefusedTest {
    private static final String REF = "vault:secret/app#password";
    private static final SecretValue CREDENTIAL = SecretValue.of("not-a-real-credential");
    private static final String REFUSED = "{\"errors\":[\"connection refused\"]}";
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Map<String, String> LOGINS = Map.of(
            "jwt", "POST auth/jwt/login",
            "ldap", "POST auth/ldap/login/app",
            "userpass", "POST auth/userpass/login/app");

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes().secret("app", "password", "first");

    private static VaultAuth auth(String kind) {
        return switch (kind) {
            case "jwt" -> VaultAuth.jwt("role", call -> CREDENTIAL);
            case "ldap" -> VaultAuth.ldap("app", CREDENTIAL);
            default -> VaultAuth.userpass("app", CREDENTIAL);
        };
    }

    private Secrets secrets(String kind) {
        routes.on(LOGINS.get(kind), asked -> VirtualVault.token("token", LIFE.toSeconds(), false));
        return VirtualVault.of(time, routes, auth(kind)).secrets();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"jwt", "ldap"})
    @DisplayName("F21 an identity provider or directory that is down withdraws nothing, though the server says 400")
    void servesWhileTheMethodAsksInVain(String kind) {
        try (Secrets secrets = secrets(kind);
                var live = secrets.live(REF)) {
            routes.on(LOGINS.get(kind), 400, REFUSED);

            time.advance(LIFE.plusMinutes(40));
            assertThat(live.status().state()).isEqualTo(State.STALE);
            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(routes.count(LOGINS.get(kind))).isLessThan(80);
            assertThatThrownBy(() -> secrets.getWithin(REF, Duration.ofSeconds(1)))
                    .isInstanceOf(SecretUnavailableException.class);

            routes.on(LOGINS.get(kind), asked -> VirtualVault.token("token-2", 3600, false));
            time.advance(Duration.ofMinutes(2));
            assertThat(live.status().state()).isEqualTo(State.FRESH);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"jwt", "ldap"})
    @DisplayName("F21 it is not tried for each secret and reader all the same: no account is locked")
    void waitsBetweenLogins(String kind) {
        try (Secrets secrets = secrets(kind)) {
            routes.on(LOGINS.get(kind), 400, REFUSED);
            for (int at = 0; at < 100; at++) {
                String ref = "vault:secret/app" + at + "#password";
                assertThatThrownBy(() -> secrets.get(ref))
                        .isInstanceOf(SecretUnavailableException.class)
                        .hasMessageContaining(kind + " at auth/" + kind)
                        .hasMessageContaining("refused (400)");
                time.advance(Duration.ofMillis(100));
            }
        }
        assertThat(routes.count(LOGINS.get(kind))).isLessThanOrEqualTo(5);
    }

    @Test
    @DisplayName("F21 of a method that asks nobody a 400 is a denial")
    void deniesWhereNobodyElseIsAsked() {
        try (Secrets secrets = secrets("userpass")) {
            routes.on(LOGINS.get("userpass"), 400, REFUSED);

            assertThatThrownBy(() -> secrets.get(REF)).isInstanceOf(SecretAccessException.class);
        }
    }
}
