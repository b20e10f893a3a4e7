package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.kubernetes.Kubernetes;
import io.github.secretsource.servers.kubernetes.Namespace;
import io.github.secretsource.servers.kubernetes.ServiceAccount;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.CertificateLogin;
import io.github.secretsource.servers.openbao.JwtIssuer;
import io.github.secretsource.servers.openbao.JwtLogin;
import io.github.secretsource.servers.openbao.KubernetesLogin;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.UserPassword;
import io.github.secretsource.servers.openbao.VaultAdmin;
import jakarta.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way to log in that the real server has, at a mount that is not the usual one; logins are counted there. */
@WithServers
class LoginMethodsServerIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int SECRETS = 10;

    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final TokenTerms terms;

    @TempDir
    private Path folder;

    LoginMethodsServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        for (int i = 0; i < SECRETS; i++) {
            kv.put("app/" + i, "password", "value " + i);
        }
        String policy = admin.policy("path \"" + kv.mount() + "/data/app/*\" { capabilities = [\"read\"] }");
        this.terms = TokenTerms.of(policy).withTtl(MINUTE).withMaxTtl(MINUTE.multipliedBy(2));
    }

    /** Reads all secrets at once, and more than once. */
    private static void assertReads(Secrets secrets, String mount) {
        for (int round = 0; round < 3; round++) {
            List<String> refs = refs(mount);
            var values = secrets.getAll(refs).orThrow();
            for (int i = 0; i < SECRETS; i++) {
                assertThat(values.get(refs.get(i)).reveal()).isEqualTo("value " + i);
            }
        }
    }

    private static List<String> refs(String mount) {
        return IntStream.range(0, SECRETS)
                .mapToObj(i -> "vault:" + mount + "/app/" + i + "#password")
                .toList();
    }

    private void assertOneLogin(VaultAuth auth, String mount) {
        assertOneLogin(Served.by(bao), auth, mount);
    }

    private void assertOneLogin(VaultSource.Builder source, VaultAuth auth, String mount) {
        try (Secrets secrets = Secrets.builder()
                .source("vault", source.auth(auth.at(mount)).build())
                .build()) {
            assertReads(secrets, kv.mount());
        }
        List<Request> logins = bao.requests().stream()
                .filter(request -> request.isLogin(mount))
                .toList();
        assertThat(logins).hasSize(1).allMatch(Request::isDone);
        String accessor = logins.get(0).issued();
        assertThat(Served.count(
                        bao,
                        request -> request.isTokenRevocation()
                                && request.accessor().equals(accessor)))
                .as("its token is revoked at close")
                .isOne();
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    @Test
    void anAppRoleLogsInWithItsSecretId() throws IOException {
        AppRole role = admin.logins().appRole(terms);

        assertOneLogin(VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId())), role.mount());
        AppRole other = admin.logins().appRole(terms);
        assertOneLogin(VaultAuth.appRole(other.roleId(), file("secret-id", other.secretId() + "\n")), other.mount());
    }

    @Test
    void anAppRoleLogsInWithoutASecretId() {
        AppRole role = admin.logins().appRole(terms);
        String name = admin.client()
                .send("LIST", "/v1/auth/" + role.mount() + "/role")
                .ok()
                .json()
                .getJsonObject("data")
                .getJsonArray("keys")
                .getString(0);
        admin.client()
                .send(
                        "POST",
                        "/v1/auth/" + role.mount() + "/role/" + name,
                        Json.createObjectBuilder()
                                .add("bind_secret_id", false)
                                .add("token_bound_cidrs", "127.0.0.1/32")
                                .build())
                .ok();

        assertOneLogin(VaultAuth.appRole(role.roleId()), role.mount());
    }

    @Test
    void anAppRoleLogsInWithAWrappedSecretIdWhichIsUnwrappedOnce() throws IOException {
        AppRole role = admin.logins().appRole(terms);
        String wrapping = role.wrappedSecretId(MINUTE);
        Path file = file("wrapped", wrapping);

        try (Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                Served.by(bao)
                                        .auth(VaultAuth.appRole(role.roleId(), file)
                                                .at(role.mount())
                                                .wrapped())
                                        .build())
                        .policy(Served.eachSecond())
                        .build();
                var live = secrets.live(refs(kv.mount()).get(0))) {
            assertReads(secrets, kv.mount());
            admin.tokens().revokeAccessor(accessor(role.mount()));
            Readers.await("it has logged in again", () -> logins(role.mount()) == 2);
            assertThat(live.get().reveal()).isEqualTo("value 0");
        }

        assertThat(logins(role.mount())).isEqualTo(2);
        try (Secrets late = Secrets.builder()
                .source(
                        "vault",
                        Served.by(bao)
                                .auth(VaultAuth.appRole(role.roleId(), file)
                                        .at(role.mount())
                                        .wrapped())
                                .build())
                .build()) {
            var refusal = catchThrowableOfType(
                    SecretAccessException.class, () -> late.get(refs(kv.mount()).get(0)));
            assertThat(refusal.fix()).contains("somebody else did");
        }
    }

    private long logins(String mount) {
        return Served.count(bao, request -> request.isLogin(mount));
    }

    private String accessor(String mount) {
        return bao.requests().stream()
                .filter(request -> request.isLogin(mount))
                .findFirst()
                .orElseThrow()
                .issued();
    }

    @Test
    void aUserLogsInWithAPassword() {
        UserPassword user = admin.logins().userPassword(terms);

        assertOneLogin(VaultAuth.userpass(user.user(), SecretValue.of(user.password())), user.mount());
    }

    @Test
    void aJsonWebTokenLogsIn() throws IOException {
        JwtLogin login = admin.logins().jwt(terms, JwtIssuer.ec());

        assertOneLogin(VaultAuth.jwt(login.role(), file("jwt", login.token(MINUTE))), login.mount());
    }

    @Test
    void aServiceAccountOfTheRealApiServerLogsIn(Kubernetes kubernetes) throws IOException {
        Namespace namespace = kubernetes.namespace();
        ServiceAccount account = namespace.serviceAccount("app");
        KubernetesLogin login = admin.logins()
                .kubernetes(
                        terms,
                        kubernetes.address(),
                        kubernetes.caPem(),
                        kubernetes.tokenReviewer().token(),
                        namespace.name(),
                        account.name());

        assertOneLogin(
                VaultAuth.kubernetes(login.role(), file("account", account.token(login.audience()))), login.mount());
        ServiceAccount stranger = namespace.serviceAccount("stranger");
        SecretException refusal = refused(
                SecretException.class,
                VaultAuth.kubernetes(login.role(), file("stranger", stranger.token(login.audience())))
                        .at(login.mount()));
        assertThat(refusal.problem()).contains("kubernetes at auth/" + login.mount(), "refused");
    }

    @Test
    void aClientCertificateLogsIn() throws IOException {
        CertificateLogin login = admin.logins().certificate(terms, CertificateAuthority.create("clients"));
        Identity identity = login.identity();

        assertOneLogin(
                Served.by(bao)
                        .clientCertificate(
                                file("client.pem", identity.certificatePem()), file("client.key", identity.keyPem())),
                VaultAuth.certificate(login.role()),
                login.mount());
    }

    @Test
    void aTokenIsUsedAsItIsAndNeverRevoked() throws IOException {
        Token token = admin.tokens().create(terms);

        for (VaultAuth auth : List.of(
                VaultAuth.token(SecretValue.of(token.value())),
                VaultAuth.tokenFile(file("sink", token.value() + "\n")))) {
            try (Secrets secrets = Secrets.builder()
                    .source("vault", Served.by(bao).auth(auth).build())
                    .build()) {
                assertReads(secrets, kv.mount());
            }
            assertThat(admin.tokens().lookup(token)).isPresent();
        }
    }

    @Test
    @DisplayName("F19 a token file that was written anew is read again when its token is refused")
    void aTokenFileIsReadAgainWhenItsTokenIsRefused() throws IOException {
        Token first = admin.tokens().create(terms);
        Path sink = file("sink", first.value());
        try (Secrets secrets = Secrets.builder()
                .source("vault", Served.by(bao).auth(VaultAuth.tokenFile(sink)).build())
                .policy(Served.eachSecond())
                .build()) {
            String ref = refs(kv.mount()).get(0);
            assertThat(secrets.get(ref).reveal()).isEqualTo("value 0");

            file("sink", admin.tokens().create(terms).value());
            admin.tokens().revoke(first);

            assertThat(secrets.get(refs(kv.mount()).get(1)).reveal()).isEqualTo("value 1");
        }
    }

    @Test
    @DisplayName("F21 a login that is refused is a denial, and one that is not there is an outage")
    void aLoginThatIsRefusedIsADenialAndOneThatIsNotThereIsNot() {
        AppRole role = admin.logins().appRole(terms);

        var refusal = refused(
                SecretAccessException.class,
                VaultAuth.appRole(role.roleId(), SecretValue.of("wrong")).at(role.mount()));
        assertThat(refusal.problem()).contains("app-role at auth/" + role.mount(), "refused");
        var missing = refused(
                SecretUnavailableException.class,
                VaultAuth.appRole(role.roleId()).at("no-such"));
        assertThat(missing.fix()).contains("enable the auth method there");
    }

    private <E extends SecretException> E refused(Class<E> type, VaultAuth auth) {
        try (Secrets secrets = Secrets.builder()
                .source("vault", Served.by(bao).auth(auth).build())
                .build()) {
            return catchThrowableOfType(type, () -> secrets.get(refs(kv.mount()).get(0)));
        }
    }

    @Test
    void aNamespaceHoldsTheLoginAndTheSecrets() {
        VaultAdmin team = admin.newNamespace();
        VaultAdmin inner = team.newNamespace();
        for (VaultAdmin one : List.of(team, inner)) {
            Kv2 own = one.kv2();
            own.put("app", "password", "of " + one.namespace());
            AppRole role = one.logins()
                    .appRole(TokenTerms.of(one.policyToRead(own.mount() + "/data/app"))
                            .withTtl(MINUTE));

            try (Secrets secrets = Secrets.builder()
                    .source(
                            "vault",
                            Served.by(bao)
                                    .namespace(one.namespace())
                                    .auth(VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId()))
                                            .at(role.mount()))
                                    .build())
                    .build()) {
                assertThat(secrets.get("vault:" + own.mount() + "/app#password").reveal())
                        .isEqualTo("of " + one.namespace());
            }
            assertThat(bao.requests().stream().filter(request -> request.isLogin(role.mount())))
                    .hasSize(1)
                    .allMatch(request -> request.namespace().equals(one.namespace() + "/"));
        }
    }

    @Test
    void allOfItIsSaidInConfiguration() throws IOException {
        AppRole role = admin.logins().appRole(terms);
        Path secretId = file("id", role.secretId());
        try (Secrets secrets = Secrets.fromConfig(Map.ofEntries(
                Map.entry("secrets.source.vault.kind", "vault"),
                Map.entry("secrets.source.vault.address", bao.tlsAddress().toString()),
                Map.entry("secrets.source.vault.ca-file", bao.caFile().toString()),
                Map.entry("secrets.source.vault.mount." + kv.mount(), "kv2"),
                Map.entry("secrets.source.vault.auth", "app-role"),
                Map.entry("secrets.source.vault.auth.mount", role.mount()),
                Map.entry("secrets.source.vault.auth.role", role.roleId()),
                Map.entry("secrets.source.vault.auth.file", secretId.toString())))) {
            assertReads(secrets, kv.mount());
        }
        assertThat(logins(role.mount())).isOne();
    }
}
