package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.Kv1;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import jakarta.json.Json;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of secrets in use when an administrator changes what is mounted where they are. */
@WithServers
class MountsServerIT {
    private static final Duration SEVERAL_LOOKS = Duration.ofSeconds(6);

    private final OpenBao bao;
    private final VaultAdmin admin;

    MountsServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
    }

    private Secrets secretsWith(String policy) {
        String token = admin.tokens().create(TokenTerms.of(policy)).value();
        return Secrets.builder()
                .source(
                        "vault",
                        Served.by(bao)
                                .auth(VaultAuth.token(SecretValue.of(token)))
                                .build())
                .policy(Served.eachSecond())
                .build();
    }

    @Test
    @DisplayName("F27 a mount that is taken away withdraws nothing that is held")
    void aMountThatIsTakenAwayWithdrawsNothing() {
        Kv2 kv = admin.kv2();
        kv.put("app", "password", "first");
        try (Secrets secrets = secretsWith(admin.policyToRead(kv.mount() + "/data/app"));
                var live = secrets.live("vault:" + kv.mount() + "/app#password")) {
            admin.unmount(kv.mount());

            Readers.await("it was looked at several times", () -> {
                return live.status().age().compareTo(SEVERAL_LOOKS) > 0;
            });

            assertThat(live.status().state()).isEqualTo(State.STALE);
            assertThat(live.get().reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F25 a mount that is given versions is read at its new path, which alone the policy allows then")
    void aMountThatIsGivenVersionsIsReadAtItsNewPath() {
        Kv1 old = admin.kv1();
        old.put("app", "password", "first");
        String policy = admin.policyToRead(old.mount() + "/app");
        try (Secrets secrets = secretsWith(policy);
                var live = secrets.live("vault:" + old.mount() + "/app#password")) {
            var versions = Json.createObjectBuilder()
                    .add("options", Json.createObjectBuilder().add("version", "2"));
            admin.client()
                    .send("POST", "/v1/sys/mounts/" + old.mount() + "/tune", versions.build())
                    .ok();
            admin.setPolicy(policy, "path \"" + old.mount() + "/data/app\" { capabilities = [\"read\"] }");
            var second = Json.createObjectBuilder()
                    .add("data", Json.createObjectBuilder().add("password", "second"));
            String url = "/v1/" + old.mount() + "/data/app";
            Readers.await(
                    "it has versions",
                    () -> admin.client().send("POST", url, second.build()).status() == 200);

            Readers.await("it is read", () -> live.get().reveal().equals("second"));

            assertThat(live.status().state()).isEqualTo(State.FRESH);
        }
    }
}
