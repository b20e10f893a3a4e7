package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.postgres.Login;
import io.github.secretsource.servers.postgres.Postgres;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What differs from OpenBao in how it is started: TLS, audit, plugins. */
@WithServers
class HashiCorpVaultServerIT {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final HashiCorpVault vault;

    HashiCorpVaultServerIT(HashiCorpVault vault) {
        this.vault = vault;
    }

    @Test
    void servesKeyValueSecretsAndWritesDownWhoReadThem() {
        Kv2 kv = vault.admin().kv2();
        kv.put("app", "user", "anna");
        Token token =
                vault.admin().tokens().create(TokenTerms.of(vault.admin().policyToRead(kv.mount() + "/data/app")));
        var client =
                AdminClient.of(vault.tlsAddress(), vault.authority().trusting()).with("X-Vault-Token", token.value());

        client.send("GET", "/v1/" + kv.mount() + "/data/app").status(200);
        vault.admin().tokens().revoke(token);
        client.send("GET", "/v1/" + kv.mount() + "/data/app").status(403);

        assertThat(vault.requests().stream().filter(request -> request.isRead(kv.mount() + "/data/app")))
                .extracting(Request::isDone)
                .containsExactly(true, false);
    }

    @Test
    void logsAppRolesIn() {
        AppRole login = vault.admin().logins().appRole(TokenTerms.of().withTtl(MINUTE));

        AdminClient.of(vault.address())
                .send(
                        "POST",
                        "/v1/auth/" + login.mount() + "/login",
                        Bodies.of("role_id", login.roleId(), "secret_id", login.secretId()))
                .ok();

        assertThat(vault.requests().stream().filter(request -> request.isLogin(login.mount())))
                .hasSize(1);
    }

    @Test
    void hasThePluginForKubernetes() {
        var login = vault.admin()
                .logins()
                .kubernetes(TokenTerms.of(), vault.address(), vault.authority().pem(), "none", "default", "app");

        assertThat(vault.admin()
                        .client()
                        .send("GET", "/v1/auth/" + login.mount() + "/config")
                        .ok()
                        .json()
                        .getJsonObject("data")
                        .getString("kubernetes_host"))
                .isEqualTo(vault.address().toString());
    }

    @Test
    void hasThePluginForPostgres(Postgres postgres) {
        String name = postgres.createDatabase();
        Login maker = postgres.createRoleMaker(name);
        Database database = vault.admin()
                .database(
                        postgres.address().getHostString(),
                        postgres.address().getPort(),
                        name,
                        maker.user(),
                        maker.password());
        var minted = vault.admin()
                .client()
                .send("GET", "/v1/" + database.role(MINUTE, MINUTE))
                .ok()
                .json();

        assertThat(postgres.hasRole(minted.getJsonObject("data").getString("username")))
                .isTrue();
        vault.admin().leases().revoke(minted.getString("lease_id"));
        assertThat(postgres.hasRole(minted.getJsonObject("data").getString("username")))
                .isFalse();
    }
}
