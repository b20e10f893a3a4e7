package io.github.secretsource.servers.openbao;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Servers whose data lasts: sealed, killed, and more than one. */
@WithServers
class OpenBaoRaftServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    OpenBaoRaftServerIT(OpenBao shared) {
        assertThat(shared).isNotNull();
    }

    @Test
    void keepsItsDataOverAKillAndIsSealedAndUnsealed() {
        try (OpenBao bao = OpenBao.startRaft()) {
            Kv2 kv = bao.admin().kv2();
            kv.put("app", "user", "anna");
            Token token =
                    bao.admin().tokens().create(TokenTerms.of(bao.admin().policyToRead(kv.mount() + "/data/app")));
            var client =
                    AdminClient.of(bao.tlsAddress(), bao.authority().trusting()).with("X-Vault-Token", token.value());
            String url = "/v1/" + kv.mount() + "/data/app";
            assertThat(client.send("GET", url).status()).isEqualTo(200);

            bao.kill();
            bao.restart();
            assertThat(client.send("GET", url).status()).isEqualTo(200);

            bao.seal();
            assertThat(client.send("GET", url).status(503).body()).contains("Vault is sealed");
            bao.unseal();
            assertThat(client.send("GET", url).status()).isEqualTo(200);
            assertThat(bao.requests().stream().filter(request -> request.isRead(kv.mount() + "/data/app")))
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request.accessor()).isEqualTo(token.accessor()));
        }
    }

    @Test
    void aClusterHasAnActiveNodeAndAStandby() {
        try (OpenBaoCluster cluster = OpenBaoCluster.start(2)) {
            OpenBao active = cluster.active();
            OpenBao standby = cluster.standby();
            Kv2 kv = active.admin().kv2();
            kv.put("app", "user", "anna");
            String url = "/v1/" + kv.mount() + "/data/app";

            assertThat(health(active)).isEqualTo(200);
            assertThat(health(standby)).isEqualTo(429);
            Deadline.await(
                    "the standby reads too",
                    LIMIT,
                    () -> standby.admin().client().send("GET", url).status() == 200);

            cluster.stepDown();
            assertThat(cluster.active()).isSameAs(standby);
            assertThat(cluster.standby()).isSameAs(active);
            Deadline.await(
                    "the new active one writes",
                    LIMIT,
                    () -> standby.admin()
                                    .client()
                                    .send("POST", url, Bodies.of("data", Bodies.of("user", "bert")))
                                    .status()
                            == 200);
        }
    }

    @Test
    void aClusterOfThreeOutlivesAKill() {
        try (OpenBaoCluster cluster = OpenBaoCluster.start(3)) {
            OpenBao killed = cluster.active();
            Kv2 kv = killed.admin().kv2();
            kv.put("app", "user", "anna");
            String url = "/v1/" + kv.mount() + "/data/app";

            killed.kill();
            OpenBao active = cluster.active();
            assertThat(active).isNotSameAs(killed);
            assertThat(active.admin().client().send("GET", url).status()).isEqualTo(200);

            killed.restart();
            assertThat(health(killed)).isEqualTo(429);
            assertThat(killed.admin().client().send("GET", url).status()).isEqualTo(200);
        }
    }

    private static int health(OpenBao node) {
        return AdminClient.of(node.address()).send("GET", "/v1/sys/health").status();
    }
}
