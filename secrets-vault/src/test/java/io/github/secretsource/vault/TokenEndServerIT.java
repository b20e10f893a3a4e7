package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.view.UsernamePassword;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The server ends a lease with the token that it was made under: what becomes of leases when tokens end. */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenEndServerIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final OpenBao bao;
    private final DatabaseUsers users;
    private final Kv2 kv;

    TokenEndServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.users = new DatabaseUsers(bao, postgres);
        this.kv = bao.admin().kv2();
    }

    @AfterAll
    void end() {
        users.close();
    }

    private VaultAuth auth(AppRole role) {
        return VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId())).at(role.mount());
    }

    private List<Request> logins(AppRole role) {
        return bao.requests().stream()
                .filter(request -> request.isLogin(role.mount()))
                .toList();
    }

    @Test
    @DisplayName("F20 a token of 8 s at most: its leases are replaced before it ends, under the next one")
    void leasesAreReplacedBeforeTheirTokenEnds() {
        String path = users.role(HOUR, HOUR);
        AppRole role = bao.admin()
                .logins()
                .appRole(TokenTerms.of(users.policy(List.of(path), "renew", "revoke"))
                        .withTtl(Duration.ofSeconds(4))
                        .withMaxTtl(Duration.ofSeconds(8)));
        long begun = System.nanoTime();
        Rotations rotations;

        try (Secrets secrets =
                Secrets.builder().source("vault", users.source(auth(role))).build()) {
            LiveSecret<UsernamePassword> live = secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
            rotations = Rotations.of(live, users::accepts);
            Rotations.during(
                    Duration.ofSeconds(20),
                    () -> assertThat(users.accepts(live.get())).isTrue());
        }

        double seconds = Served.since(begun).toMillis() / 1e3;
        int told = rotations.told().size();
        assertThat(told).isBetween(3, (int) (seconds / 2.5));
        assertThat(rotations.told()).allMatch(Rotations.Told::inTime);
        // The last one may have come when nobody was told any more.
        assertThat(users.mints(path)).hasSizeBetween(told, told + 1);
        // Two thirds of 4 s, and of what is left then, twice: 5.3 s at least, and then once more.
        assertThat(logins(role)).hasSizeBetween(3, 1 + (int) (seconds / 5.3)).allMatch(Request::isDone);
        Deadline.await("all users are gone", LIMIT, () -> users.users(path).isEmpty());
    }

    @Test
    @DisplayName("F19 a token revoked out of band: one login, no failed key-value read, a new lease within 2 s of it")
    void aRevokedTokenHealsWithOneLogin() throws Exception {
        var bound = Duration.ofSeconds(2);
        assertThat(Rounds.shortest(bound, this::timeFromLoginToLease)).isLessThan(bound);
    }

    private Duration timeFromLoginToLease() {
        String path = users.role(HOUR, HOUR);
        kv.put("app", "value", "first");
        String read = kv.mount() + "/data/app";
        AppRole role = bao.admin()
                .logins()
                .appRole(TokenTerms.of(users.policy(List.of(path, read), "renew", "revoke"))
                        .withTtl(HOUR));
        var every = SecretId.of("vault", kv.mount() + "/app");

        try (Secrets secrets = Secrets.builder()
                .source("vault", users.source(auth(role)))
                .policy(every, RefreshPolicy.unset().withRefreshAfter(Duration.ofSeconds(1)))
                .build()) {
            LiveSecret<UsernamePassword> live = secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
            LiveSecret<SecretValue> value = secrets.live(every + "#value");
            UsernamePassword first = live.get();

            bao.admin().tokens().revokeAccessor(logins(role).get(0).issued());
            Deadline.await("another user is there", LIMIT, () -> {
                assertThat(value.get().reveal()).isEqualTo("first");
                return !live.get().equals(first);
            });

            assertThat(users.accepts(live.get())).isTrue();
            assertThat(logins(role)).hasSize(2);
            assertThat(users.mints(path)).hasSize(2);
            return Duration.between(
                    logins(role).get(1).time(), users.mints(path).get(1).time());
        }
    }
}
