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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LeaseTermsTest {
    private static final String LOGIN = "POST auth/approle/login";
    private static final String TOKEN_RENEWAL = "POST auth/token/renew-self";
    private static final String MINT = "GET database/creds/app";
    private static final String LEASE_RENEWAL = "POST sys/leases/renew";
    private static final String REF = "vault:database/creds/app#password";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final AtomicInteger mints = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();

    private Secrets secrets() {
        return VirtualVault.of(time, routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")))
                .secrets();
    }

    private void tokens(long ttl, boolean renewable) {
        routes.on(LOGIN, asked -> VirtualVault.token("token-" + logins.incrementAndGet(), ttl, renewable));
    }

    private void mints(String ttl, boolean renewable) {
        routes.on(MINT, asked -> {
            int number = mints.incrementAndGet();
            return VirtualVault.lease("database/creds/app/" + number, ttl, renewable, "password-" + number);
        });
    }

    private static Duration left(LiveSecret<?> live) {
        return live.status().leaseLeft().orElseThrow();
    }

    @Test
    @DisplayName("F22 a lease lasts no longer than the token that it was made under, and is replaced before that ends")
    void endsWithItsToken() {
        tokens(60, false);
        mints("3600", true);
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            assertThat(left(live)).isLessThanOrEqualTo(Duration.ofSeconds(60));

            for (int second = 0; second < 300; second++) {
                time.advance(Duration.ofSeconds(1));
                assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
                assertThat(left(live)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(60));
            }

            assertThat(mints.get()).isBetween(5, 12);
        }
    }

    @Test
    @DisplayName(
            "F22 a lease whose token lasts no longer is replaced at once: the server is not asked to renew it in vain")
    void isNotRenewedBeyondItsToken() {
        tokens(60, false);
        mints("3600", true);
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("database/creds/app/1", "3600", true, ""));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            time.advance(Duration.ofSeconds(41));

            assertThat(live.get().reveal()).isEqualTo("password-2");
            assertThat(logins.get()).isEqualTo(2);
            assertThat(routes.count(LEASE_RENEWAL)).isZero();
        }
    }

    @Test
    @DisplayName("F22 a lease is renewed under another token while its own lasts long enough")
    void isRenewedUnderAnotherToken() {
        tokens(86_400, false);
        mints("3600", true);
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("database/creds/app/1", "3600", true, ""));
        routes.on("GET auth/token/lookup-self", asked -> Routes.reply(200, "{\"data\":{}}"));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            time.advance(Duration.ofHours(17)); // The token was replaced after 16.
            assertThat(logins.get()).isEqualTo(2);
            long before = routes.count(LEASE_RENEWAL);
            time.advance(Duration.ofHours(2));

            assertThat(live.get().reveal()).isEqualTo("password-1");
            assertThat(routes.count(LEASE_RENEWAL)).isGreaterThan(before);
        }
    }

    @Test
    @DisplayName("F22 a lease lives on with a token that is renewed")
    void livesOnWithItsToken() {
        tokens(60, true);
        routes.on(TOKEN_RENEWAL, asked -> VirtualVault.token("token-1", 60, true));
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("database/creds/app/1", "3600", true, ""));
        mints("3600", true);
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            for (int minute = 0; minute < 60; minute++) {
                time.advance(Duration.ofMinutes(1));
                assertThat(live.get().reveal()).isEqualTo("password-1");
            }

            assertThat(mints.get()).isOne();
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"0", "-1", "-3600", "null", "\"soon\"", "1e3", "99999999999999", "9223372036854775807"})
    @DisplayName("F24 a lease with absurd terms is used, and makes no storm of calls")
    void survivesTerms(String ttl) {
        tokens(0, false);
        mints(ttl, true);
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("database/creds/app/1", ttl, true, ""));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            assertThat(live.get().reveal()).isEqualTo("password-1");

            time.advance(Duration.ofMinutes(1));

            assertThat(routes.asked().size()).isLessThanOrEqualTo(65);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource({"0", "-1", "1", "5", "\"soon\"", "null"})
    @DisplayName(
            "F24 a lease whose renewal brings little or nothing is replaced in time: no read fails, no storm of calls")
    void survivesRenewals(String ttl) {
        tokens(0, false);
        mints("60", true);
        routes.on(LEASE_RENEWAL, asked -> VirtualVault.lease("x", ttl, true, ""));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            for (int second = 0; second < 300; second++) {
                time.advance(Duration.ofSeconds(1));
                assertThat(live.status().state()).isNotEqualTo(SecretStatus.State.WITHDRAWN);
            }

            assertThat(routes.asked().size()).isLessThanOrEqualTo(310);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(longs = {0, -1, -60, 1, 3})
    @DisplayName(
            "F24 a token whose renewal brings little or nothing is replaced before it ends, without a storm of calls")
    void survivesTokenRenewals(long ttl) {
        tokens(60, true);
        routes.on(TOKEN_RENEWAL, asked -> VirtualVault.token("token-1", ttl, true));
        routes.secret("app", "password", "first");
        try (Secrets secrets = secrets()) {
            secrets.get("vault:secret/app#password");

            time.advance(Duration.ofSeconds(59));
            assertThat(logins.get()).isEqualTo(2);
            time.advance(Duration.ofSeconds(61));

            assertThat(routes.asked().size()).isLessThanOrEqualTo(12);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"{\"auth\":null}", "{}", "{\"auth\":{}}", "{\"auth\":{\"lease_duration\":null}}", "<html>"})
    @DisplayName("F24 a renewal answered without its terms leads to another login before the token ends")
    void survivesAnswersWithoutTerms(String body) {
        tokens(60, true);
        routes.on(TOKEN_RENEWAL, asked -> Routes.reply(200, body)).secret("app", "password", "first");
        try (Secrets secrets = secrets()) {
            secrets.get("vault:secret/app#password");

            time.advance(Duration.ofSeconds(59));
            assertThat(routes.count(TOKEN_RENEWAL)).isLessThan(30);
            time.advance(Duration.ofSeconds(2));
            assertThat(secrets.getWithin("vault:secret/app#password", Duration.ofSeconds(1))
                            .reveal())
                    .isEqualTo("first");
            assertThat(logins.get()).isEqualTo(2);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(longs = {99_999_999_999L, 9_223_372_036_854_775_807L})
    @DisplayName("F24 a token that lasts for ages is not replaced soon")
    void survivesLongTokens(long ttl) {
        tokens(ttl, true);
        routes.secret("app", "password", "first");
        try (Secrets secrets = secrets()) {
            secrets.get("vault:secret/app#password");

            time.advance(Duration.ofHours(3));

            assertThat(logins.get()).isOne();
            assertThat(routes.count(TOKEN_RENEWAL)).isZero();
        }
    }
}
