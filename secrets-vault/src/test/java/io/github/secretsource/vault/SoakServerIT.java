package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.openbao.AppRole;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.view.UsernamePassword;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tokens of 8 s and leases of 10 s: 90 s of it, or 10 minutes as a proof. */
@WithServers
class SoakServerIT {
    private static final Duration TIME =
            Boolean.getBoolean("secretsource.proof") ? Duration.ofMinutes(10) : Duration.ofSeconds(90);

    private final OpenBao bao;
    private final Postgres postgres;
    private final Set<String> failures = new TreeSet<>();
    private final LongAdder reads = new LongAdder();

    SoakServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.postgres = postgres;
    }

    @Test
    @DisplayName("F19, F20, F22 tokens of 8 s and leases of 10 s: no read fails and no query either")
    void noReadFailsWhileTokensAndLeasesEnd() {
        Kv2 kv = bao.admin().kv2();
        kv.put("app", "value", "0");
        try (DatabaseUsers users = new DatabaseUsers(bao, postgres)) {
            String path = users.role(Duration.ofSeconds(10), Duration.ofSeconds(10));
            String read = kv.mount() + "/data/app";
            AppRole role = bao.admin()
                    .logins()
                    .appRole(TokenTerms.of(users.policy(List.of(path, read), "renew", "revoke"))
                            .withTtl(Duration.ofSeconds(8))
                            .withMaxTtl(Duration.ofSeconds(8)));
            long begun = System.nanoTime();
            soak(users, path, kv, role);

            long least = TIME.toSeconds();
            long seconds = Served.since(begun).toSeconds();
            List<Request> logins = bao.requests().stream()
                    .filter(request -> request.isLogin(role.mount()))
                    .toList();
            System.out.printf(
                    "%d s: %d reads, %d failed; at the server %d reads of the key-value secret, %d logins, %d users%n",
                    seconds,
                    reads.sum(),
                    failures.size(),
                    users.reads(read).size(),
                    logins.size(),
                    users.mints(path).size());
            assertThat(failures).isEmpty();
            assertThat(logins).hasSizeBetween((int) least / 8, (int) seconds / 5 + 2);
            assertThat(users.mints(path)).hasSizeBetween((int) least / 10, (int) seconds / 3);
            assertThat(users.reads(read)).hasSizeLessThanOrEqualTo((int) (seconds / 1.8) + 2);
        } finally {
            bao.admin().unmount(kv.mount());
        }
    }

    private void soak(DatabaseUsers users, String path, Kv2 kv, AppRole role) {
        var id = SecretId.of("vault", kv.mount() + "/app");
        VaultAuth auth = VaultAuth.appRole(role.roleId(), SecretValue.of(role.secretId()))
                .at(role.mount());
        try (Secrets secrets = Secrets.builder()
                .source("vault", users.source(auth))
                .policy(id, RefreshPolicy.unset().withRefreshAfter(Duration.ofSeconds(2)))
                .build()) {
            LiveSecret<UsernamePassword> live = secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
            LiveSecret<SecretValue> value = secrets.live(id + "#value");
            try (RotatingPool pool = new RotatingPool(users, live)) {
                Rotations.during(TIME, () -> {
                    read(() -> value.get().reveal());
                    read(() -> secrets.get(id + "#value").reveal());
                    read(() ->
                            secrets.get(DatabaseUsers.ref(path) + "#username").reveal());
                    read(pool::user);
                });
                assertThat(pool.refusals()).isZero();
            }
        }
    }

    /** What may fail. */
    private interface Read {
        String read() throws SQLException;
    }

    private void read(Read read) {
        try {
            reads.increment();
            boolean empty = read.read().isEmpty();
            if (empty) {
                failures.add(Instant.now() + " empty");
            }
        } catch (SQLException | RuntimeException e) {
            failures.add(Instant.now() + " " + e);
        }
    }
}
