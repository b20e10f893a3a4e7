package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class UnwrappingTest {
    private static final String LOGIN = "POST auth/approle/login";
    private static final String UNWRAP = "POST sys/wrapping/unwrap";
    private static final String REF = "vault:secret/app#password";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes().secret("app", "password", "first");

    @Test
    @DisplayName("B20 a wrapped secret id is unwrapped once, whatever the number of logins")
    void unwrapsOnce() {
        routes.on(LOGIN, asked -> VirtualVault.token("token", 60, false));
        routes.on(UNWRAP, 200, "{\"data\":{\"secret_id\":\"unwrapped\"}}");
        var auth = VaultAuth.appRole("role", SecretValue.of("wrapping-token")).wrapped();
        try (Secrets secrets = VirtualVault.of(time, routes, auth).secrets()) {
            secrets.get(REF);
            time.advance(Duration.ofMinutes(10));
        }

        assertThat(routes.count(UNWRAP)).isOne();
        assertThat(routes.count(LOGIN)).isGreaterThan(10);
        assertThat(routes.asked().stream()
                        .map(Routes::body)
                        .filter(body -> body.contains("unwrapped"))
                        .count())
                .isEqualTo(routes.count(LOGIN));
    }

    @Test
    @DisplayName(
            "B20 a wrapping token that was used up by somebody else is a denial that says so, and is not tried again and again")
    void unwrapsOnceEvenIfItFails() {
        routes.on(UNWRAP, 400, "{\"errors\":[\"wrapping token is not valid or does not exist\"]}");
        var auth = VaultAuth.appRole("role", SecretValue.of("wrapping-token")).wrapped();
        try (Secrets secrets = VirtualVault.of(time, routes, auth).secrets()) {
            for (int read = 0; read < 20; read++) {
                assertThatThrownBy(() -> secrets.get(REF))
                        .isInstanceOf(SecretAccessException.class)
                        .hasMessageContaining("somebody else did");
            }
        }
        assertThat(routes.count(UNWRAP)).isLessThanOrEqualTo(2);
        assertThat(routes.count(LOGIN)).isZero();
    }
}
