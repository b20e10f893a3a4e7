package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Leases that are granted for longer than the token lasts under which they are made. */
final class TokenBoundLeaseTest {
    private static final String TOKEN_RENEWAL = "POST auth/token/renew-self";
    private static final String LEASE_RENEWAL = "POST sys/leases/renew";
    private static final String REVOCATION = "POST sys/leases/revoke";
    private static final String REF = "vault:database/creds/app#password";
    private static final long HOUR = 3_600;
    private static final String DAY = "86400";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final AtomicInteger mints = new AtomicInteger();

    private Secrets secrets() {
        routes.on(
                        "GET auth/token/lookup-self",
                        asked -> Routes.reply(200, "{\"data\":{\"ttl\":3600,\"renewable\":true}}"))
                .on(TOKEN_RENEWAL, asked -> VirtualVault.token("given", HOUR, true))
                .on(LEASE_RENEWAL, asked -> VirtualVault.lease("database/creds/app/1", DAY, true, ""))
                .on(REVOCATION, asked -> Routes.reply(204, ""))
                .on("GET database/creds/app", asked -> {
                    int number = mints.incrementAndGet();
                    return VirtualVault.lease("database/creds/app/" + number, DAY, true, "password-" + number);
                });
        return VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("not-a-real-token")))
                .secrets();
    }

    @Test
    @DisplayName("F22 a user of a day that is read each minute lives on with its token of an hour")
    void livesOnWithItsToken() {
        try (Secrets secrets = secrets()) {
            for (int minute = 0; minute < 23 * 60; minute++) {
                assertThat(secrets.get(REF).reveal()).isEqualTo("password-1");
                time.advance(Duration.ofMinutes(1));
            }
        }

        assertThat(mints.get()).isOne();
        assertThat(routes.count(REVOCATION)).isOne();
    }

    @Test
    @DisplayName("I9 what may live on at the server is given back at close, though it is not believed any more")
    void givesBackWhatIsNotBelieved() {
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            time.advance(Duration.ofMinutes(1));
            assertThat(live.rejected(live.get())).isPresent();

            time.advance(Duration.ofHours(2));
        }

        assertThat(mints.get()).isEqualTo(2);
        assertThat(routes.count(REVOCATION)).isEqualTo(2);
    }
}
