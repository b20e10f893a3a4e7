package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretStatus;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Tokens and leases near their greatest life, whose renewals bring little, nothing or an error. */
final class TermsCutShortTest {
    private static final String TOKEN_RENEWAL = "POST auth/token/renew-self";
    private static final String LEASE_RENEWAL = "POST sys/leases/renew";
    private static final String REF = "vault:database/creds/app#password";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final AtomicInteger mints = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();

    private Secrets secrets(long tokenTtl, String leaseTtl) {
        routes.on(
                "POST auth/approle/login",
                asked -> VirtualVault.token("token-" + logins.incrementAndGet(), tokenTtl, true));
        routes.on("GET database/creds/app", asked -> {
            int number = mints.incrementAndGet();
            return VirtualVault.lease("database/creds/app/" + number, leaseTtl, true, "password-" + number);
        });
        return VirtualVault.of(time, routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")))
                .secrets();
    }

    @Test
    @DisplayName("F24 a renewal that states no time makes a lease no longer, whatever the time of its token")
    void aRenewalWithoutATimeBringsNone() {
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("x", "0", true, ""));
        routes.on(TOKEN_RENEWAL, asked -> VirtualVault.token("token-1", 3600, true));
        try (Secrets secrets = secrets(3600, "60");
                LiveSecret<SecretValue> live = secrets.live(REF)) {
            time.advance(Duration.ofMillis(40_500));
            assertThat(routes.count(LEASE_RENEWAL)).isOne();
            assertThat(live.status().leaseLeft().orElseThrow()).isLessThan(Duration.ofSeconds(20));

            time.advance(Duration.ofSeconds(5));
            assertThat(mints.get()).isEqualTo(2);
            assertThat(live.get().reveal()).isEqualTo("password-2");
        }
    }

    @Test
    @DisplayName("F20 a token whose renewal fails with an error is replaced by a login before it ends")
    void aFailingRenewalIsFollowedByALogin() {
        routes.on(TOKEN_RENEWAL, asked -> Routes.reply(500, "{\"errors\":[\"past the max TTL, cannot renew\"]}"));
        try (Secrets secrets = secrets(60, "3600");
                LiveSecret<SecretValue> live = secrets.live(REF)) {
            time.advance(Duration.ofSeconds(59));

            assertThat(logins.get()).isEqualTo(2);
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(routes.count(TOKEN_RENEWAL)).isLessThan(8);
        }
    }

    @Test
    @DisplayName("F20 leases of 10 s under tokens of 8 s, whose rests the server rounds up, have no gap in 10 minutes")
    void roundedTimesLeaveNoGap() {
        routes.on(TOKEN_RENEWAL, asked -> VirtualVault.token("token-" + logins.get(), 3, true));
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("x", "3", true, ""));
        try (Secrets secrets = secrets(8, "10");
                LiveSecret<SecretValue> live = secrets.live(REF)) {
            for (int step = 0; step < 2_400; step++) {
                time.advance(Duration.ofMillis(250));
                assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            }

            assertThat(logins.get()).isBetween(75, 120);
            assertThat(mints.get()).isBetween(75, 240);
        }
    }
}
