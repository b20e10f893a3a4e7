package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretStatus;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Secrets without a lease that an engine makes or rotates, and that say how long they last. */
final class MadeSecretsTest {
    private static final String IDENTITY = "GET identity/oidc/token/orders";
    private static final String IDENTITY_REF = "vault:identity/oidc/token/orders#token";
    private static final String ROLE = "GET database/static-creds/orders";
    private static final String ROLE_REF = "vault:database/static-creds/orders#password";
    private static final long TTL = 120;

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes().anyToken();
    private final AtomicInteger rotations = new AtomicInteger();

    @BeforeEach
    void serve() {
        routes.on(
                        "GET sys/internal/ui/mounts/identity/oidc/token/orders",
                        200,
                        "{\"data\":{\"path\":\"identity/\",\"type\":\"identity\"}}")
                .on(IDENTITY, asked -> answer("\"client_id\":\"c\",\"token\":\"" + now() + "\",\"ttl\":" + TTL))
                .on(
                        ROLE,
                        asked -> answer("\"username\":\"u\",\"password\":\"password-" + rotations
                                + "\",\"last_vault_rotation\":\"2026-01-01T00:00:00Z\",\"ttl\":80000"));
    }

    private Secrets secrets() {
        return VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("not-a-real-token")))
                .secrets();
    }

    private static VaultReply answer(String data) {
        return Routes.reply(200, "{\"lease_id\":\"\",\"lease_duration\":0,\"data\":{" + data + "}}");
    }

    private long now() {
        return Duration.ofNanos(time.nanos()).toSeconds();
    }

    @Test
    @DisplayName("a token that states its time is made anew at two thirds of it: none that has ended is served")
    void servesNoTokenThatHasEnded() {
        try (Secrets secrets = secrets();
                var live = secrets.live(IDENTITY_REF)) {
            for (int second = 0; second < 3600; second++) {
                time.advance(Duration.ofSeconds(1));
                assertThat(now() - Long.parseLong(live.get().reveal())).isLessThanOrEqualTo(TTL);
            }

            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(routes.count(IDENTITY)).isBetween(3600 / TTL, 3600 / 80 + 1L);
        }
    }

    @Test
    @DisplayName("while no other is to be had, a token that states its time stays: that time is no end of the value")
    void keepsTokenInAnOutage() {
        try (Secrets secrets = secrets();
                var live = secrets.live(IDENTITY_REF)) {
            String first = live.get().reveal();
            routes.on(IDENTITY, 500, "{\"errors\":[\"internal error\"]}");

            time.advance(Duration.ofMinutes(30));

            assertThat(live.get().reveal()).isEqualTo(first);
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
        }
    }

    @Test
    @DisplayName("a static role whose rotation is far off is read once per refresh-after")
    void readsStaticRoleRarely() {
        try (Secrets secrets = secrets();
                var live = secrets.live(ROLE_REF)) {
            time.advance(Duration.ofHours(1));
            long first = routes.count(ROLE);
            time.advance(Duration.ofHours(1));

            assertThat(live.get().reveal()).isEqualTo("password-0");
            assertThat(first).isBetween(12L, 15L); // Every 4.5 to 5 minutes, the first one after a half at the least.
            assertThat(routes.count(ROLE) - first).isBetween(12L, 14L);
        }
    }

    @Test
    @DisplayName("a rotation of a static role that somebody made by hand is noticed at the next refresh")
    void noticesRotationByHand() {
        try (Secrets secrets = secrets();
                var live = secrets.live(ROLE_REF)) {
            time.advance(Duration.ofMinutes(17));
            rotations.incrementAndGet();

            time.advance(Duration.ofMinutes(5));

            assertThat(live.get().reveal()).isEqualTo("password-1");
        }
    }

    @Test
    @DisplayName("a rotation of a static role that somebody made by hand is noticed at once by the one who is refused")
    void noticesRefusedPassword() {
        try (Secrets secrets = secrets();
                var live = secrets.live(ROLE_REF)) {
            time.advance(Duration.ofMinutes(17));
            rotations.incrementAndGet();

            live.rejected(live.get());
            time.advance(Duration.ofSeconds(1));

            assertThat(live.get().reveal()).isEqualTo("password-1");
        }
    }
}
