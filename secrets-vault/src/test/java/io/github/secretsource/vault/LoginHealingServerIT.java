package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.UserPassword;
import io.github.secretsource.servers.openbao.VaultAdmin;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tokens that end, by themselves or by somebody else's hand, under readers that must not notice. */
@WithServers
class LoginHealingServerIT {
    private static final int READERS = 50;
    private static final Duration RUN = Duration.ofSeconds(18);

    private final OpenBao bao;
    private final VaultAdmin admin;
    private final Kv2 kv;
    private final TokenTerms terms;
    private final Queue<SecretEvent> events = new ConcurrentLinkedQueue<>();

    LoginHealingServerIT(OpenBao bao) {
        this.bao = bao;
        this.admin = bao.admin();
        this.kv = admin.kv2();
        for (int i = 0; i < READERS; i++) {
            kv.put("app/" + i, "password", "value " + i);
        }
        this.terms =
                TokenTerms.of(admin.policy("path \"" + kv.mount() + "/data/app/*\" { capabilities = [\"read\"] }"));
    }

    private String ref(int number) {
        return "vault:" + kv.mount() + "/app/" + number + "#password";
    }

    private Secrets secrets(AppRole role, RefreshPolicy policy) {
        return Secrets.builder()
                .source(
                        "vault",
                        Served.by(bao)
                                .auth(VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId()))
                                        .at(role.mount()))
                                .build())
                .policy(policy)
                .listener(events::add)
                .build();
    }

    private List<Request> logins(AppRole role) {
        return bao.requests().stream()
                .filter(request -> request.isLogin(role.mount()))
                .toList();
    }

    private void revokeTokenOf(AppRole role) {
        List<Request> logins = logins(role);
        admin.tokens().revokeAccessor(logins.get(logins.size() - 1).issued());
    }

    private static void assertEventuallyFresh(List<LiveSecret<SecretValue>> all) {
        Readers.await(
                "all were looked at since, and are fresh",
                () -> all.stream().allMatch(one -> one.status().state() == State.FRESH));
    }

    @Test
    @DisplayName("F19 token revoked out of band, warm: one login, no failed read and no failed refresh")
    void aTokenRevokedUnderWarmReadersCostsOneLogin() {
        AppRole role = admin.logins().appRole(terms.withTtl(Duration.ofMinutes(1)));
        try (Secrets secrets = secrets(role, Served.eachSecond())) {
            List<LiveSecret<SecretValue>> all = IntStream.range(0, READERS)
                    .mapToObj(i -> secrets.live(ref(i)))
                    .toList();
            try (Readers readers = Readers.start(READERS, i -> () -> all.get(i).get())) {
                revokeTokenOf(role);
                Readers.await("there was a login", () -> logins(role).size() > 1);
                Readers.pass(Duration.ofSeconds(3));

                assertThat(events.stream().filter(SecretEvent.RefreshFailed.class::isInstance))
                        .isEmpty();
                assertEventuallyFresh(all);
                assertThat(readers.refusals()).isEmpty();
                assertThat(readers.reads()).isGreaterThan(READERS);
            }
            assertThat(logins(role)).hasSize(2);
        }
    }

    @Test
    @DisplayName("F19 token revoked out of band, cold: one login, no failed read")
    void aTokenRevokedBeforeColdReadersCostsOneLogin() {
        AppRole role = admin.logins().appRole(terms.withTtl(Duration.ofMinutes(1)));
        try (Secrets secrets = secrets(role, RefreshPolicy.defaults())) {
            assertThat(secrets.get(ref(0)).reveal()).isEqualTo("value 0");
            revokeTokenOf(role);

            List<String> refusals = Readers.once(
                    READERS - 1,
                    i -> () -> assertThat(secrets.get(ref(i + 1)).reveal()).isEqualTo("value " + (i + 1)));

            assertThat(refusals).isEmpty();
            assertThat(logins(role)).hasSize(2);
        }
    }

    @Test
    @DisplayName("F21 login mount gone, and its tokens with it: keeps serving, and heals when there is a login again")
    void aLoginThatIsDownKeepsServing() {
        UserPassword user = admin.logins().userPassword(terms.withTtl(Duration.ofSeconds(4)));
        VaultSource source = Served.by(bao)
                .auth(VaultAuth.userpass(user.user(), SecretValue.of(user.password()))
                        .at(user.mount()))
                .build();
        try (Secrets secrets = Secrets.builder()
                        .source("vault", source)
                        .policy(Served.eachSecond())
                        .build();
                var live = secrets.live(ref(0));
                Readers readers = Readers.start(4, i -> live::get)) {
            admin.logins().disable(user.mount());
            Readers.await("it is stale", () -> live.status().state() == State.STALE);
            Readers.pass(Duration.ofSeconds(5));
            assertThat(live.status().state()).isEqualTo(State.STALE);
            assertThat(readers.refusals()).isEmpty();
            assertThat(Served.count(bao, request -> request.isLogin(user.mount())))
                    .as("logins are spaced")
                    .isLessThan(10);

            enable(user);
            Readers.await("it is fresh", () -> live.status().state() == State.FRESH);
            assertThat(readers.refusals()).isEmpty();
        }
    }

    private void enable(UserPassword user) {
        var client = admin.client();
        client.send("POST", "/v1/sys/auth/" + user.mount(), json("type", "userpass"))
                .ok();
        client.send(
                        "POST",
                        "/v1/auth/" + user.mount() + "/users/" + user.user(),
                        json(
                                "password",
                                user.password(),
                                "token_policies",
                                terms.policies().get(0)))
                .ok();
    }

    private static JsonObject json(String... namesAndValues) {
        var object = Json.createObjectBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            object.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return object.build();
    }

    /** One kind of token, and how its readers fare. */
    private record Kind(String name, AppRole role, Secrets secrets, Readers readers) {}

    private Kind kind(String name, TokenTerms given) {
        AppRole role = admin.logins().appRole(given);
        Secrets secrets = secrets(role, Served.eachSecond());
        var live = secrets.live(ref(0));
        Readers readers = Readers.start(2, i -> () -> {
            assertThat(live.get().reveal()).isEqualTo("value 0");
            if (live.status().state() != State.FRESH) {
                staleness.add(name + ": " + live.status());
            }
        });
        return new Kind(name, role, secrets, readers);
    }

    private final Queue<String> staleness = new ConcurrentLinkedQueue<>();

    @Test
    @DisplayName("F20 tokens of every kind come to their ends for 18 s: no failed read, no failed refresh, few logins")
    void tokensOfEveryKindComeToTheirEnds() {
        Duration four = Duration.ofSeconds(4);
        Duration eight = Duration.ofSeconds(8);
        var kinds = new ArrayList<Kind>();
        long begun = System.nanoTime();
        kinds.add(kind("with a greatest life", terms.withTtl(four).withMaxTtl(eight)));
        kinds.add(kind("periodic", terms.withPeriod(four)));
        kinds.add(kind("batch", terms.withTtl(four).withMaxTtl(eight).inBatch()));
        kinds.add(kind("not renewable in effect", terms.withTtl(four).withMaxTtl(four)));

        Readers.pass(RUN);

        for (Kind kind : kinds) {
            kind.readers().close();
            assertThat(kind.readers().refusals()).as(kind.name()).isEmpty();
            kind.secrets().close();
        }
        assertThat(staleness).isEmpty();
        var counts = kinds.stream().map(kind -> logins(kind.role()).size()).toList();
        // As many more as it took longer.
        double longer = (double) Served.since(begun).toNanos() / RUN.toNanos();
        int ten = (int) (10 * longer);
        assertThat(renewals(kinds.get(1))).as("renewals, periodic").isBetween(4, ten);
        assertThat(counts.get(0)).as("logins, greatest life").isBetween(2, (int) (5 * longer));
        assertThat(counts.get(1)).as("logins, periodic").isEqualTo(1);
        assertThat(counts.get(2)).as("logins, batch").isBetween(5, ten);
        assertThat(counts.get(3)).as("logins, not renewable").isBetween(5, ten);
    }

    private int renewals(Kind kind) {
        List<String> issued = logins(kind.role()).stream().map(Request::issued).toList();
        return (int) Served.count(bao, request -> request.isTokenRenewal() && issued.contains(request.accessor()));
    }

    @Test
    @DisplayName("F20 a token that is given is renewed as long as it can be, and serving goes on after its end")
    void aTokenThatIsGivenIsRenewed() {
        Token token = admin.tokens().create(terms.withTtl(Duration.ofSeconds(5)).withMaxTtl(Duration.ofSeconds(12)));
        long made = System.nanoTime();
        try (Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                Served.by(bao)
                                        .auth(VaultAuth.token(SecretValue.of(token.value())))
                                        .build())
                        .policy(Served.eachSecond())
                        .build();
                var live = secrets.live(ref(0));
                Readers readers = Readers.start(2, i -> live::get)) {
            Readers.await(
                    "it was renewed",
                    () -> Served.count(
                                    bao,
                                    request -> request.isTokenRenewal()
                                            && request.accessor().equals(token.accessor()))
                            > 0);
            Readers.pass(Duration.ofSeconds(6).minus(Served.since(made)));
            assertThat(live.status().state()).as("beyond its first term").isEqualTo(State.FRESH);

            Readers.await("it has ended", () -> live.status().state() == State.STALE);
            assertThat(readers.refusals()).isEmpty();
        }
    }
}
