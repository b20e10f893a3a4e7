package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        assertThat(routes.count(UNWRAP)).isOne();
        assertThat(routes.count(LOGIN)).isZero();
    }

    private VirtualVault vault(Path file) {
        routes.on(LOGIN, asked -> VirtualVault.token("token", 60, false));
        return VirtualVault.of(time, routes, VaultAuth.appRole("role", file).wrapped());
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(ints = {0, 500, 502, 200})
    @DisplayName("B20 F11 a wrapping token whose answer was lost is not sent again, nor said to be stolen")
    void remembersLostAnswers(int status, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("wrapped"), "wrapping-token-1");
        routes.on(UNWRAP, asked -> Routes.reply(status, status == 200 ? "{\"data\":{\"secr" : "{}"));
        try (Secrets secrets = vault(file).secrets()) {
            for (int read = 0; read < 5; read++) {
                var refusal = catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(REF));
                assertThat(refusal.problem()).contains("from here, and the answer was lost");
                assertThat(refusal.fix()).contains("wrap a new one").doesNotContain("somebody else");
                time.advance(Duration.ofMinutes(2));
            }
            assertThat(routes.count(UNWRAP)).isOne();

            Files.writeString(file, "wrapping-token-2");
            routes.on(UNWRAP, 200, "{\"data\":{\"secret_id\":\"unwrapped\"}}");
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
        }
        assertThat(routes.count(UNWRAP)).isEqualTo(2);
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(ints = {-1, 307, 404, 429, 503})
    @DisplayName("B20 F11 a wrapping token that nobody took is sent again")
    void triesWhatWasNotTaken(int status, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("wrapped"), "wrapping-token");
        routes.on(UNWRAP, status, "{\"errors\":[]}");
        try (Secrets secrets = vault(file).secrets()) {
            assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(REF)))
                    .isNotNull();

            routes.on(UNWRAP, 200, "{\"data\":{\"secret_id\":\"unwrapped\"}}");
            time.advance(Duration.ofMinutes(2));
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("B20 a wrapping token that holds something else is a denial that says so, and blames nobody")
    void tellsOtherContent(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("wrapped"), "wrapping-token");
        routes.on(UNWRAP, 200, "{\"data\":{\"password\":\"of something else\"}}");
        try (Secrets secrets = vault(file).secrets()) {
            for (int read = 0; read < 3; read++) {
                assertThatThrownBy(() -> secrets.get(REF))
                        .isInstanceOf(SecretAccessException.class)
                        .hasMessageContaining("is not the credential of this login")
                        .hasMessageNotContaining("somebody else");
                time.advance(Duration.ofMinutes(2));
            }
        }
        assertThat(routes.count(UNWRAP)).isOne();
    }
}
