package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.Canary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LeakTest {
    private final Canary token = Canary.next();
    private final Canary secretId = Canary.next();
    private final Canary password = Canary.next();
    private final Canary wrapping = Canary.next();
    private final Canary value = Canary.next();
    private final Canary leased = Canary.next();
    private final List<Canary> all = List.of(token, secretId, password, wrapping, value, leased);

    private Routes routes() {
        var routes = new Routes().anyToken().secret("app", "password", value.value());
        var login = VirtualVault.token(token.value(), 3600, true);
        routes.on("POST auth/approle/login", asked -> login);
        routes.on("POST auth/userpass/login/app", asked -> login);
        routes.on("POST auth/token/revoke-self", 204, "");
        routes.on("POST sys/wrapping/unwrap", 200, "{\"data\":{\"secret_id\":\"" + secretId.value() + "\"}}");
        routes.on(
                "GET database/creds/app",
                asked -> VirtualVault.lease("database/creds/app/1", "60", true, leased.value()));
        routes.on("POST sys/leases/revoke", 204, "");
        return routes;
    }

    private List<VaultAuth> auths(Path folder) throws Exception {
        return List.of(
                VaultAuth.token(SecretValue.of(token.value())),
                VaultAuth.tokenFile(Files.writeString(folder.resolve("token"), token.value() + "\n")),
                VaultAuth.appRole("role", SecretValue.of(secretId.value())),
                VaultAuth.appRole("role", SecretValue.of(wrapping.value())).wrapped(),
                VaultAuth.userpass("app", SecretValue.of(password.value())));
    }

    private void use(CapturedOutput output, FakeVault server, VaultAuth auth) {
        var source = Way.source(server)
                .mount("database", VaultMount.PLAIN)
                .auth(auth)
                .build();
        try (Secrets secrets = Secrets.builder().source("vault", source).build()) {
            for (String ref : List.of(
                    "vault:secret/app#password",
                    "vault:secret/missing#password",
                    "vault:secret/app#nothing",
                    "vault:database/creds/app#password")) {
                try {
                    output.note(secrets.get(ref));
                    output.note(secrets.secret(ref));
                } catch (RuntimeException e) {
                    output.noteThrown(e);
                }
            }
            output.note(source);
            output.note(auth);
            output.note(secrets);
            output.note(secrets.statuses());
            output.note(secrets.health());
            output.note(secrets.diagnose(List.of("vault:secret/app", "vault:database/creds/app")));
            output.note(secrets.leastPrivilege());
        }
    }

    private void assertQuiet(CapturedOutput output) {
        for (Canary canary : all) {
            assertThat(canary.findIn(output.text())).isEmpty();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("I7 nothing of a token, a credential or a value is printed or logged, at any level of any logger")
    void saysNothing(Way way, @TempDir Path folder) throws Exception {
        for (VaultAuth auth : auths(folder)) {
            try (FakeVault server = way.server(routes());
                    var output = new CapturedOutput()) {
                use(output, server, auth);

                assertQuiet(output);
                assertThat(output.text()).contains("vault:secret/missing does not exist");
            }
        }
    }

    @Test
    @DisplayName("I7 the driver's connections log all headers, which is why no token goes that way")
    void driverLogsHeaders() throws Exception {
        try (FakeVault server = Way.HTTPS.server(routes());
                var output = new CapturedOutput()) {
            use(output, server, VaultAuth.appRole("role", SecretValue.of(secretId.value())));

            assertThat(output.text()).contains("{POST /v1/auth/approle/login HTTP/1.1", "{X-Vault-Request: true}");
            assertQuiet(output);
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"})
    @DisplayName("I7 nothing of them is printed or logged when all goes wrong, and the server repeats what it was sent")
    void saysNothingInTrouble(Way way, @TempDir Path folder) throws Exception {
        String echo = all.stream().map(Canary::value).reduce("", (before, one) -> before + one + " ");
        List<FakeVault.Script> troubles = List.of(
                (request, to) -> to.json(403, "{\"errors\":[\"" + echo + "\"]}"),
                (request, to) -> to.json(400, "{\"errors\":[\"" + echo + "\"],\"" + value.value() + "\":1}"),
                (request, to) -> to.json(404, "{\"errors\":[\"" + echo + "\"]}"),
                (request, to) -> to.json(500, echo),
                (request, to) -> to.json(200, echo),
                (request, to) -> to.json(200, "{\"data\":\"" + echo),
                (request, to) -> to.json(200, "{\"a\":\"" + echo + "\",\"a\":\"" + echo + "\"}"),
                // Heads of answers are logged by the JDK as they come; no server puts there what it was sent.
                (request, to) -> to.redirect(307, "https://vault.invalid/"),
                (request, to) -> to.redirect(307, "/%zz else where"),
                (request, to) -> to.write("HTTP/1.1 hello\r\n\r\n" + echo),
                (request, to) -> to.write("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n" + echo),
                (request, to) -> to.close());
        for (VaultAuth auth : auths(folder).subList(way == Way.HTTP ? 0 : 2, way == Way.HTTP ? 5 : 3)) {
            for (FakeVault.Script trouble : troubles) {
                FakeVault.Script closing = (request, to) -> {
                    trouble.answer(request, to);
                    to.close();
                };
                try (FakeVault server = way.server(closing);
                        var output = new CapturedOutput()) {
                    use(output, server, auth);

                    assertQuiet(output);
                }
            }
        }
    }

    @Test
    @DisplayName("I7 no class that holds a token, a credential or a body prints it")
    void printsNothing() throws Exception {
        var secret = SecretValue.of(value.value());
        var request = VaultRequest.post("auth/approle/login", Map.of("secret_id", value.value()))
                .token(secret);
        var reply = new VaultReply(200, Optional.of("1"), value.value().getBytes(UTF_8));
        var login = VaultAuth.appRole("role", secret).login();
        var held = new Token(secret, true, 0, 0, true);
        for (Object one : List.of(
                request,
                request.once(),
                reply,
                login,
                login.unwrapping(),
                held,
                VaultAuth.userpass("app", secret),
                VaultAuth.token(secret),
                Credential.of(secret),
                new Unwrapping(),
                Refusal.unavailable("cannot be read", "look"))) {
            assertThat(value.findIn(one.toString()))
                    .as(one.getClass().getSimpleName())
                    .isEmpty();
        }
        try (FakeVault server = Way.HTTP.server(routes());
                VaultClient client = Way.HTTP.client(server)) {
            VaultAnswer answer = client.send(VaultRequest.get("secret/data/app").token(secret), Way.soon());
            assertThat(value.findIn(answer.toString())).isEmpty();
            assertThat(value.findIn(answer.root().toString())).isEmpty();
        }
    }
}
