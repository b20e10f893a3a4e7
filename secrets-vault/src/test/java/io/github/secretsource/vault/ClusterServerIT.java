package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.LiveSecret;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.SecretsHealth;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.OpenBaoCluster;
import io.github.secretsource.servers.openbao.TokenTerms;
import jakarta.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Servers that are killed, stopped, sealed and started again, alone and in a cluster of two. */
@WithServers
class ClusterServerIT {
    private static final String VALUE = "the value";

    private final Queue<SecretEvent> events = new ConcurrentLinkedQueue<>();

    ClusterServerIT(OpenBao installed) {
        assertThat(installed).isNotNull();
    }

    private Secrets secrets(VaultSource.Builder source, VaultAuth auth, RefreshPolicy policy) {
        return Secrets.builder()
                .source("vault", source.auth(auth).build())
                .policy(policy)
                .listener(events::add)
                .build();
    }

    private static VaultAuth appRole(OpenBao bao, String path) {
        AppRole role = bao.admin()
                .logins()
                .appRole(TokenTerms.of(bao.admin().policyToRead(path)).withTtl(Duration.ofMinutes(10)));
        return VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId())).at(role.mount());
    }

    @Test
    @DisplayName("F1 F3 F21 killed, stopped and sealed under warm readers: no failed read, and fresh again each time")
    void aServerThatIsKilledStoppedAndSealedIsOutlived() throws Exception {
        try (OpenBao bao = OpenBao.startRaft()) {
            Kv2 kv = bao.admin().kv2();
            kv.put("app", "password", VALUE);
            kv.put("other", "password", VALUE);
            String ref = "vault:" + kv.mount() + "/app#password";
            String other = "vault:" + kv.mount() + "/other#password";
            RefreshPolicy early = Served.givingUpEarly();
            try (Secrets secrets = secrets(Served.by(bao), appRole(bao, kv.mount() + "/data/*"), early);
                    var live = secrets.live(ref);
                    Readers readers = Readers.start(4, i -> live::get)) {
                bao.kill();
                Readers.await("it is stale", () -> live.status().state() == State.STALE);
                assertThat(secrets.health().level()).isEqualTo(SecretsHealth.Level.DEGRADED);
                bao.restart();
                Readers.await("it is fresh after the kill", () -> live.status().state() == State.FRESH);

                Duration limit = early.waitDeadline().plusMillis(300);
                assertThat(Rounds.shortest(limit, () -> waitWhilePaused(bao, secrets, live, kv)))
                        .isLessThan(limit);

                bao.seal();
                // While it seals itself it may answer nothing for a second, and then say so.
                Readers.await("it says why it is stale once more", () -> says(live, "sealed"));
                assertThat(live.status().state()).isEqualTo(State.STALE);
                Diagnosis sealed = secrets.diagnose(List.of(ref)).get(0);
                assertThat(sealed.isHealthy()).isFalse();
                assertThat(sealed.finding()).contains("sealed");
                bao.unseal();
                Readers.await("it is fresh after the seal", () -> live.status().state() == State.FRESH);

                assertThat(readers.refusals()).isEmpty();
                assertThat(live.get().reveal()).isEqualTo(VALUE);
                assertThat(secrets.get(other).reveal()).isEqualTo(VALUE);
            }
        }
    }

    private static boolean says(LiveSecret<?> live, String why) {
        return live.status()
                .problem()
                .filter(problem -> problem.problem().contains(why))
                .isPresent();
    }

    /** How long somebody waits for a secret that was never read. */
    private static Duration waitWhilePaused(OpenBao bao, Secrets secrets, LiveSecret<?> live, Kv2 kv) {
        String cold = "vault:" + kv.mount() + "/cold-" + UUID.randomUUID() + "#password";
        bao.pause();
        Readers.await("it is stale again", () -> live.status().state() == State.STALE);
        long begun = System.nanoTime();
        assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(cold)))
                .isNotNull();
        Duration took = Served.since(begun);
        bao.resume();
        Readers.await("it is fresh after the stop", () -> live.status().state() == State.FRESH);
        return took;
    }

    @Test
    @DisplayName("F1 F43 a cluster: a standby answers, a step-down and a node that is gone cost no read")
    void aClusterChangesUnderReaders() {
        try (OpenBaoCluster cluster = OpenBaoCluster.start(3)) {
            OpenBao first = cluster.active();
            OpenBao second = cluster.standby();
            Kv2 kv = first.admin().kv2();
            kv.put("app", "password", VALUE);
            String ref = "vault:" + kv.mount() + "/app#password";
            VaultAuth auth = appRole(first, kv.mount() + "/data/app");

            try (Secrets ofStandby = secrets(Served.by(second), auth, Served.eachSecond())) {
                Readers.await("the standby logs in and reads", () -> isRead(ofStandby, ref));
            }

            var both = VaultSource.builder(first.tlsAddress())
                    .address(second.tlsAddress())
                    .authorities(first.caFile());
            try (Secrets secrets = secrets(both, auth, Served.eachSecond());
                    var live = secrets.live(ref);
                    Readers readers = Readers.start(4, i -> live::get)) {
                cluster.stepDown();
                var body = Json.createObjectBuilder()
                        .add("data", Json.createObjectBuilder().add("password", "while the other one leads"))
                        .build();
                String url = "/v1/" + kv.mount() + "/data/app";
                Readers.await(
                        "the new leader writes",
                        () -> second.admin().client().send("POST", url, body).status() == 200);
                Readers.await("the rotation is seen", () -> live.get().reveal().startsWith("while"));

                events.clear();
                first.pause();
                Readers.await("it was looked at since", () -> fetched() >= 4);
                assertThat(live.status().state()).isEqualTo(State.FRESH);
                first.resume();

                assertThat(readers.refusals()).isEmpty();
            }
        }
    }

    private long fetched() {
        return events.stream()
                .filter(event -> event instanceof SecretEvent.Fetched fetched
                        && fetched.problem().isEmpty())
                .count();
    }

    private static boolean isRead(Secrets secrets, String ref) {
        try {
            return secrets.get(ref).reveal().equals(VALUE);
        } catch (SecretException e) {
            return false; // A standby lags: it may not know the role yet, or the secret.
        }
    }
}
