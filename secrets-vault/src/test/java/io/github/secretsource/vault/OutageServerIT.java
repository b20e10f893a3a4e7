package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretNotFoundException.Reason;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.SecretsHealth;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import io.github.secretsource.test.FaultProxy;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A network that breaks between here and the real server, and what is taken away at the server under a reader. */
@WithServers
class OutageServerIT {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofMillis(300);
    private static final String VALUE = "the value";

    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final String policy;
    private final FaultProxy network;
    private final Secrets secrets;
    private final Queue<SecretEvent> events = new ConcurrentLinkedQueue<>();

    OutageServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        kv.put("app", "password", VALUE);
        kv.put("other", "password", VALUE);
        this.policy = admin.policy(readAll());
        this.network = Served.network(bao);
        String token = admin.tokens().create(TokenTerms.of(policy)).value();
        this.secrets = Secrets.builder()
                .source(
                        "vault",
                        Served.behind(network)
                                .authorities(bao.caFile())
                                .auth(VaultAuth.token(SecretValue.of(token)))
                                .build())
                .policy(Served.eachSecond())
                .listener(events::add)
                .build();
    }

    private String readAll() {
        return "path \"" + kv.mount() + "/data/*\" { capabilities = [\"read\"] }";
    }

    @AfterEach
    void close() {
        secrets.close();
        network.close();
        admin.unmount(kv.mount());
    }

    private String ref(String name) {
        return "vault:" + kv.mount() + "/" + name + "#password";
    }

    private <E extends SecretEvent> long count(Class<E> type) {
        return events.stream().filter(type::isInstance).count();
    }

    @Test
    @DisplayName("F2 server not there at a cold start: Unavailable at once, and there when it is")
    void aServerThatIsNotThereIsUnavailable() {
        network.refuse();

        var refusal = catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(ref("app")));
        assertThat(refusal.problem()).contains("refused the connection");

        network.pass();
        Readers.await("it is there", () -> catchThrowable(() -> secrets.get(ref("app"))) == null);
    }

    @Test
    @DisplayName("F3 F6 a server that hangs or drips: Unavailable within the deadline, warm or cold")
    void aServerThatHangsOrDripsKeepsNobodyWaiting() throws Exception {
        Duration limit = Served.givingUpEarly().waitDeadline().plus(GRACE);

        assertThat(Rounds.shortest(limit, () -> waitOf(() -> network.drip(Duration.ofMillis(100)), "other")))
                .isLessThan(limit);
        assertThat(Rounds.shortest(limit, () -> waitOf(network::hole, "never-read")))
                .isLessThan(limit);
    }

    /** How long a cold reader waits for a refusal, while warm ones are served. */
    private Duration waitOf(Runnable fault, String cold) {
        try (Secrets early = Secrets.builder()
                .source("vault", source())
                .policy(Served.givingUpEarly())
                .build()) {
            assertThat(early.get(ref("app")).reveal()).isEqualTo(VALUE);
            fault.run();

            long begun = System.nanoTime();
            Throwable thrown = catchThrowable(() -> early.get(ref(cold)));
            Duration took = Served.since(begun);

            assertThat(thrown).isInstanceOf(SecretUnavailableException.class);
            assertThat(early.get(ref("app")).reveal()).isEqualTo(VALUE);
            return took;
        } finally {
            network.pass();
        }
    }

    @Test
    @DisplayName("F4 F10 an answer that breaks off after any number of bytes is an outage, and never a part of a value")
    void anAnswerThatBreaksOffIsAnOutage() {
        VaultSource source = source();
        try (Secrets each = Secrets.builder()
                .source("vault", source)
                .policy(RefreshPolicy.defaults())
                .build()) {
            assertThat(each.get(ref("app")).reveal()).isEqualTo(VALUE);
            for (int bytes = 0; bytes < 1_000; bytes += 47) {
                String ref = ref("app");
                if (bytes % 2 == 0) {
                    network.resetAfter(bytes);
                } else {
                    network.cutAfter(bytes);
                }
                try (Secrets cold = Secrets.builder().source("vault", source()).build()) {
                    Throwable thrown = catchThrowable(
                            () -> assertThat(cold.get(ref).reveal()).isEqualTo(VALUE));
                    assertThat(thrown).as("after " + bytes).isInstanceOf(SecretUnavailableException.class);
                }
                network.pass();
            }
            assertThat(each.get(ref("app")).reveal()).isEqualTo(VALUE);
        }
    }

    private VaultSource source() {
        return Served.behind(network)
                .authorities(bao.caFile())
                .mount(kv.mount(), VaultMount.KV2)
                .auth(VaultAuth.token(SecretValue.of(bao.token())))
                .build();
    }

    @Test
    @DisplayName("F12 a connection that was closed while it was idle costs no read and no refresh")
    void aConnectionClosedWhileIdleCostsNothing() {
        try (var live = secrets.live(ref("app"))) {
            for (int i = 0; i < 3; i++) {
                long before = count(SecretEvent.Fetched.class);
                network.refuse();
                network.pass();
                Readers.await("it was looked at", () -> count(SecretEvent.Fetched.class) > before);
            }
            assertThat(live.get().reveal()).isEqualTo(VALUE);
        }
        assertThat(events).noneMatch(SecretEvent.RefreshFailed.class::isInstance);
    }

    @Test
    @DisplayName("F1 F5 a network that is gone while warm: served, DEGRADED, few calls, and fresh again soon after")
    void aNetworkThatIsGoneWhileWarmIsOutlived() {
        try (var live = secrets.live(ref("app"));
                Readers readers = Readers.start(4, i -> live::get)) {
            network.refuse();
            Readers.await("it is stale", () -> live.status().state() == State.STALE);
            assertThat(secrets.health().level()).isEqualTo(SecretsHealth.Level.DEGRADED);
            int before = network.connections();
            Readers.pass(SECOND.multipliedBy(2));

            network.pass();
            Readers.await("it is fresh", () -> live.status().state() == State.FRESH);
            assertThat(network.connections() - before).as("connections since").isLessThanOrEqualTo(2);
            assertThat(secrets.health().level()).isEqualTo(SecretsHealth.Level.UP);
            assertThat(readers.refusals()).isEmpty();
        }
    }

    @Test
    @DisplayName("F25 policy removed while warm: denied, confirmed, withdrawn; and served again when it is given back")
    void aPolicyThatIsRemovedIsADenial() {
        try (var live = secrets.live(ref("app"))) {
            admin.setPolicy(policy, "path \"" + kv.mount() + "/data/other\" { capabilities = [\"read\"] }");

            Readers.await("it is withdrawn", () -> catchThrowable(live::get) != null);
            assertThat(live.status().state()).isEqualTo(State.WITHDRAWN);
            var refusal = catchThrowableOfType(SecretAccessException.class, live::get);
            assertThat(refusal.fix()).contains("path \"" + kv.mount() + "/data/app\" { capabilities = [\"read\"] }");
            assertThat(count(SecretEvent.Denied.class)).isPositive();
            assertThat(count(SecretEvent.Withdrawn.class)).isOne();
            assertThat(secrets.get(ref("other")).reveal()).isEqualTo(VALUE);

            admin.setPolicy(policy, readAll());
            Readers.await("it is read", () -> catchThrowable(() -> secrets.get(ref("app"))) == null);
            assertThat(live.get().reveal()).isEqualTo(VALUE);
        }
    }

    @Test
    @DisplayName("F26 deleted while warm: served until that is confirmed, then withdrawn, and back when it is written")
    void aSecretThatIsDeletedIsWithdrawnOnceThatIsConfirmed() {
        try (var live = secrets.live(ref("app"))) {
            kv.forget("app");

            Readers.await("a refresh found nothing", () -> count(SecretEvent.RefreshFailed.class) > 0);
            Readers.await("it is withdrawn", () -> catchThrowable(live::get) != null);
            assertThat(live.status().state()).isEqualTo(State.WITHDRAWN);
            assertThat(catchThrowableOfType(SecretNotFoundException.class, live::get)
                            .reason())
                    .isEqualTo(Reason.ABSENT);

            kv.put("app", "password", "anew");
            Readers.await("it is read", () -> catchThrowable(() -> secrets.get(ref("app"))) == null);
            assertThat(live.get().reveal()).isEqualTo("anew");
        }
    }

    @Test
    @DisplayName("F26 F27 a destroyed version is withdrawn with that reason")
    void aDestroyedVersionIsWithdrawnWithThatReason() {
        try (var live = secrets.live(ref("app"))) {
            kv.destroy("app", 1);

            Readers.await("it is withdrawn", () -> catchThrowable(live::get) != null);
            assertThat(live.status().state()).isEqualTo(State.WITHDRAWN);
            assertThat(catchThrowableOfType(SecretNotFoundException.class, live::get)
                            .reason())
                    .isEqualTo(Reason.DESTROYED);
        }
    }

    @Test
    @DisplayName("F7 a limit of the server's own is an outage with a pause, and what was read is served meanwhile")
    void aLimitIsAnOutageWithAPause() {
        try (var live = secrets.live(ref("app"));
                var limit = admin.limit(kv.mount(), 1, Duration.ofHours(1))) {
            Readers.await("it is stale", () -> live.status().state() == State.STALE);

            var problem = live.status().problem().orElseThrow();
            assertThat(problem).isInstanceOf(SecretUnavailableException.class);
            assertThat(((SecretUnavailableException) problem).retryAfter()).isPresent();
            assertThat(live.get().reveal()).isEqualTo(VALUE);
            assertThat(limit).isNotNull();
        }
    }
}
