package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Reply;
import io.github.secretsource.servers.kubernetes.Kubernetes;
import io.github.secretsource.servers.kubernetes.Namespace;
import io.github.secretsource.servers.kubernetes.ServiceAccount;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ways to log in. */
@WithServers
class OpenBaoLoginsServerIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final OpenBao bao;
    private final VaultAdmin admin;
    private final TokenTerms terms;
    private final String path;

    OpenBaoLoginsServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        Kv2 kv = admin.kv2();
        kv.put("app", "user", "anna");
        this.path = kv.mount() + "/data/app";
        this.terms = TokenTerms.of(admin.policyToRead(path)).withTtl(MINUTE).withMaxTtl(MINUTE.multipliedBy(2));
    }

    @Test
    void anAppRoleLogsIn() {
        AppRole login = admin.logins().appRole(terms);
        var body = Bodies.of("role_id", login.roleId(), "secret_id", login.secretId());

        JsonObject auth = logIn(login.mount(), body).ok().json().getJsonObject("auth");

        assertThat(auth.getInt("lease_duration")).isEqualTo(60);
        assertLoggedIn(Token.of(logIn(login.mount(), body).ok().json()), login.mount(), 2);
    }

    @Test
    void aSecretIdHasItsUsesAndItsEnd() {
        AppRole login = admin.logins().appRole(terms);
        var twice = Bodies.of("role_id", login.roleId(), "secret_id", login.secretId(2, MINUTE));
        String secretId = login.secretId();
        var destroyed = Bodies.of("role_id", login.roleId(), "secret_id", secretId);

        assertThat(logIn(login.mount(), twice).status()).isEqualTo(200);
        assertThat(logIn(login.mount(), twice).status()).isEqualTo(200);
        assertThat(logIn(login.mount(), twice).status()).isEqualTo(400);
        assertThat(logIn(login.mount(), destroyed).status()).isEqualTo(200);
        login.destroy(secretId);
        assertThat(logIn(login.mount(), destroyed).status()).isEqualTo(400);
    }

    @Test
    void aSecretIdIsUnwrapped() {
        AppRole login = admin.logins().appRole(terms);

        String secretId = AdminClient.of(bao.address())
                .with("X-Vault-Token", login.wrappedSecretId(MINUTE))
                .send("POST", "/v1/sys/wrapping/unwrap")
                .ok()
                .json()
                .getJsonObject("data")
                .getString("secret_id");

        var body = Bodies.of("role_id", login.roleId(), "secret_id", secretId);
        assertThat(logIn(login.mount(), body).status()).isEqualTo(200);
    }

    @Test
    void aRoleHandsOutBatchTokensAndPeriodicOnes() {
        AppRole login = admin.logins().appRole(terms.inBatch());
        var body = Bodies.of("role_id", login.roleId(), "secret_id", login.secretId());

        JsonObject batch = logIn(login.mount(), body).ok().json().getJsonObject("auth");
        login.setTerms(TokenTerms.of().withPeriod(MINUTE));
        Token periodic = Token.of(logIn(login.mount(), body).ok().json());

        assertThat(batch.getString("token_type")).isEqualTo("batch");
        assertThat(batch.getBoolean("renewable")).isFalse();
        assertThat(admin.tokens().lookup(periodic).orElseThrow().getInt("period"))
                .isEqualTo(60);
    }

    @Test
    void aUserLogsInWithAPassword() {
        UserPassword login = admin.logins().userPassword(terms);
        String at = login.mount() + "/login/" + login.user();

        Token token = Token.of(client().send("POST", "/v1/auth/" + at, Bodies.of("password", login.password()))
                .ok()
                .json());

        assertLoggedIn(token, login.mount(), 1);
        assertThat(client().send("POST", "/v1/auth/" + at, Bodies.of("password", "wrong"))
                        .status())
                .isEqualTo(400);
        assertThat(login.toString()).doesNotContain(login.password());
    }

    @Test
    void aJsonWebTokenLogsIn() {
        for (JwtIssuer issuer : List.of(JwtIssuer.rsa(), JwtIssuer.ec())) {
            JwtLogin login = admin.logins().jwt(terms, issuer);
            var other = new JwtLogin(login.mount(), login.role(), login.audience(), JwtIssuer.ec());

            assertLoggedIn(Token.of(logIn(login, login.token(MINUTE)).ok().json()), login.mount(), 1);
            assertThat(logIn(login, login.token(MINUTE.multipliedBy(-10))).status())
                    .isEqualTo(400);
            assertThat(logIn(login, other.token(MINUTE)).status()).isEqualTo(400);
        }
    }

    @Test
    void aClientCertificateLogsIn() {
        var authority = CertificateAuthority.create("clients");
        CertificateLogin login = admin.logins().certificate(terms, authority);
        var server = bao.authority();
        String at = "/v1/auth/" + login.mount() + "/login";
        var body = Bodies.of("name", login.role());

        Reply reply = AdminClient.of(bao.tlsAddress(), server.trusting(login.identity()))
                .send("POST", at, body);

        assertLoggedIn(Token.of(reply.ok().json()), login.mount(), 1);
        var stranger = authority.request("stranger").issue();
        assertThat(AdminClient.of(bao.tlsAddress(), server.trusting(stranger))
                        .send("POST", at, body)
                        .status())
                .isIn(400, 403);
        assertThat(AdminClient.of(bao.tlsAddress(), server.trusting())
                        .send("POST", at, body)
                        .status())
                .isIn(400, 403);
    }

    @Test
    void aServiceAccountOfTheRealApiServerLogsIn(Kubernetes kubernetes) {
        Namespace namespace = kubernetes.namespace();
        ServiceAccount account = namespace.serviceAccount("app");
        ServiceAccount stranger = namespace.serviceAccount("stranger");
        KubernetesLogin login = admin.logins()
                .kubernetes(
                        terms,
                        kubernetes.address(),
                        kubernetes.caPem(),
                        kubernetes.tokenReviewer().token(),
                        namespace.name(),
                        account.name());

        Token token =
                Token.of(logIn(login, account.token(login.audience())).ok().json());

        assertLoggedIn(token, login.mount(), 1);
        assertThat(logIn(login, stranger.token(login.audience())).status()).isEqualTo(403);
        assertThat(logIn(login, account.token("another")).status()).isEqualTo(403);
    }

    @Test
    void aLoginThatIsTakenAwayTakesItsTokensAlong() {
        AppRole login = admin.logins().appRole(terms);
        var body = Bodies.of("role_id", login.roleId(), "secret_id", login.secretId());
        Token token = Token.of(logIn(login.mount(), body).ok().json());

        admin.logins().disable(login.mount());

        assertThat(logIn(login.mount(), body).status()).isIn(403, 404);
        assertThat(admin.tokens().lookup(token)).isEmpty();
    }

    private void assertLoggedIn(Token token, String mount, int logins) {
        var reply = client().with("X-Vault-Token", token.value()).send("GET", "/v1/" + path);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(bao.requests().stream().filter(request -> request.isLogin(mount) && request.isDone()))
                .hasSize(logins)
                .anySatisfy(request -> assertThat(request.issued()).isEqualTo(token.accessor()));
    }

    private Reply logIn(JwtLogin login, String jwt) {
        return logIn(login.mount(), Bodies.of("role", login.role(), "jwt", jwt));
    }

    private Reply logIn(KubernetesLogin login, String jwt) {
        return logIn(login.mount(), Bodies.of("role", login.role(), "jwt", jwt));
    }

    private Reply logIn(String mount, JsonObject body) {
        return client().send("POST", "/v1/auth/" + mount + "/login", body);
    }

    private AdminClient client() {
        return AdminClient.of(bao.address());
    }
}
