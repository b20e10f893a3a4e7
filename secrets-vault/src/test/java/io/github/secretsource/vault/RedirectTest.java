package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.Canary;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RedirectTest {
    private static final Canary TOKEN = Canary.next();
    private static final Canary SECRET_ID = Canary.next();

    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(SecretValue.of(TOKEN.value()));
    private static final VaultRequest LOGIN =
            VaultRequest.post("auth/approle/login", Map.of("secret_id", SECRET_ID.value()));

    @ParameterizedTest(name = "{displayName} [{0} {1} from {2} to {3}]")
    @CsvSource({
        "GET,302,HTTP,HTTP",
        "GET,307,HTTP,HTTP",
        "GET,301,HTTPS,HTTPS",
        "GET,307,HTTPS,HTTPS",
        "GET,307,HTTPS,HTTP",
        "GET,302,DRIVER,DRIVER",
        "GET,307,DRIVER,DRIVER",
        "GET,308,DRIVER,DRIVER",
        "GET,307,DRIVER,HTTP",
        "POST,303,HTTP,HTTP",
        "POST,307,HTTP,HTTP",
        "POST,307,HTTPS,HTTPS",
        "POST,302,DRIVER,DRIVER",
        "POST,303,DRIVER,DRIVER",
        "POST,307,DRIVER,DRIVER",
        "POST,308,DRIVER,DRIVER",
        "POST,307,DRIVER,HTTP"
    })
    @DisplayName("B19 a redirect to another address is refused, and not a byte arrives there")
    void sendsNothingToAnotherAddress(String method, int status, Way from, Way to) throws Exception {
        try (FakeVault other = to.server((request, connection) -> connection.json(200, "{\"data\":{}}"));
                FakeVault server = from.server(
                        (request, connection) -> connection.redirect(status, other.address() + "/v1/secret/data/app"));
                VaultClient client = from.client(server)) {

            assertThatThrownBy(() -> client.send(method.equals("GET") ? READ : LOGIN, Way.soon()))
                    .isInstanceOf(Refusal.class);

            assertThat(other.received()).isEmpty();
            assertThat(other.requests()).isZero();
            assertThat(server.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B19 a redirect to another name of the same machine is refused too")
    void knowsAnotherName(Way way) throws Exception {
        try (FakeVault server = way.server((request, connection) -> {
                    String location =
                            "://127.0.0.1:" + request.headers().get("Host").split(":", -1)[1] + "/v1/other";
                    connection.redirect(307, (way == Way.HTTP ? "http" : "https") + location);
                });
                VaultClient client = way.client(server)) {

            assertThatThrownBy(() -> client.send(READ, Way.soon())).isInstanceOf(Refusal.class);

            assertThat(server.requests()).isOne();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B19 a redirect in a circle ends")
    void endsCircles(Way way) throws Exception {
        try (FakeVault server = way.server((request, connection) -> connection.redirect(307, "/v1/secret/data/app"));
                VaultClient client = way.client(server)) {

            assertThatThrownBy(() -> client.send(READ, Way.soon())).isInstanceOf(Refusal.class);

            assertThat(server.requests()).isLessThanOrEqualTo(21);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B19 a read whose server redirects elsewhere fails as unavailable and says so, without the token")
    void saysSo(Way way) {
        try (FakeVault other = way.server(new Routes());
                FakeVault server =
                        way.server((request, connection) -> connection.redirect(307, other.address() + "/"));
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                Way.source(server)
                                        .auth(VaultAuth.token(SecretValue.of(TOKEN.value())))
                                        .build())
                        .build()) {

            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining("redirected to another address, which is not followed")
                    .satisfies(thrown ->
                            assertThat(TOKEN.findIn(String.valueOf(thrown))).isEmpty());

            assertThat(other.received()).isEmpty();
        }
    }
}
