package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of tokens that others took the place of: a denied secret that is asked for all the time makes many. */
final class RetiredTokensTest {
    private static final String REVOCATION = "POST auth/token/revoke-self";
    private static final String FORBIDDEN = "vault:secret/forbidden#password";
    private static final String USER = "vault:database/creds/app#password";
    private static final long MONTH = Duration.ofDays(32).toSeconds();

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger mints = new AtomicInteger();
    private final Set<String> living = new ConcurrentSkipListSet<>();
    private final VirtualVault vault =
            VirtualVault.of(time, routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")));

    @BeforeEach
    void serve() {
        routes.on("POST auth/approle/login", asked -> {
            String token = "token-" + logins.incrementAndGet();
            living.add(token);
            return VirtualVault.token(token, MONTH, true);
        });
        routes.on("GET auth/token/lookup-self", asked -> forLiving(asked, Routes.reply(200, "{\"data\":{\"ttl\":0}}")));
        routes.on("GET secret/data/forbidden", asked -> denied());
        routes.on("GET database/creds/app", asked -> {
            int number = mints.incrementAndGet();
            return forLiving(asked, VirtualVault.lease("database/creds/app/" + number, "60", true, "user-" + number));
        });
        routes.on("POST sys/leases/renew", asked -> forLiving(asked, VirtualVault.lease("lease", "60", true, "")));
        String rotated = "{\"data\":{\"password\":\"p\",\"last_vault_rotation\":\"2024-01-01T00:00:00Z\",\"ttl\":40}}";
        routes.on("GET database/static-creds/app", asked -> forLiving(asked, Routes.reply(200, rotated)));
        routes.on(REVOCATION, this::revoked);
    }

    private VaultReply forLiving(VaultRequest asked, VaultReply answer) {
        return living.contains(Routes.token(asked)) ? answer : denied();
    }

    private VaultReply revoked(VaultRequest asked) {
        boolean unused = living.remove(Routes.token(asked));
        return Routes.reply(204, "");
    }

    private static VaultReply denied() {
        return Routes.reply(403, "{\"errors\":[\"permission denied\"]}");
    }

    /** Each minute this replaces the token. */
    private void pollForbidden(Secrets secrets, Duration span) {
        for (long second = 0; second < span.toSeconds(); second++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(catchThrowable(() -> secrets.find(FORBIDDEN))).isInstanceOf(SecretAccessException.class);
        }
    }

    private List<String> revocations() {
        return routes.asked().stream()
                .filter(asked -> asked.path().endsWith("revoke-self"))
                .map(Routes::token)
                .toList();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"vault:database/creds/app#password", "vault:database/static-creds/app#password"})
    @DisplayName("tokens that only renewed a lease, or read a static role, are revoked: an hour leaves a few")
    void tokensWithoutLeasesOfTheirOwnAreRevoked(String ref) {
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(ref)) {
            pollForbidden(secrets, Duration.ofHours(1));

            assertThat(logins.get()).isGreaterThan(30);
            assertThat(living).hasSizeLessThanOrEqualTo(4);
            assertThat(mints.get()).isLessThanOrEqualTo(1);
            assertThat(held.status().state()).isEqualTo(State.FRESH);
        }
        assertThat(living).isEmpty();
    }

    @Test
    @DisplayName("F49 at close the token in use is revoked first: where time is short, the others end by themselves")
    void revokesTheTokenInUseFirst() {
        try (Secrets secrets = vault.secrets()) {
            secrets.get(USER);
            pollForbidden(secrets, Duration.ofSeconds(70));
            assertThat(living).containsExactly("token-1", "token-2");
        }

        assertThat(revocations()).containsExactly("token-2", "token-1");
    }

    @Test
    @DisplayName("a token whose revocation the server did not answer is revoked later, without a storm of attempts")
    void revokesLaterWhatCouldNotBeRevoked() {
        routes.on(REVOCATION, 503, "{\"errors\":[\"sealed\"]}");
        try (Secrets secrets = vault.secrets()) {
            pollForbidden(secrets, Duration.ofMinutes(30));
            assertThat(living.size()).isGreaterThan(15);
            assertThat(revocations()).hasSizeBetween(15, 30);

            routes.on(REVOCATION, this::revoked);
            pollForbidden(secrets, Duration.ofMinutes(3));

            assertThat(living).hasSizeLessThanOrEqualTo(4);
        }
        assertThat(living).isEmpty();
    }

    @Test
    @DisplayName("a revocation that the server refuses is not tried again: it would be refused again")
    void leavesWhatTheServerRefused() {
        routes.on(REVOCATION, asked -> denied());
        try (Secrets secrets = vault.secrets()) {
            pollForbidden(secrets, Duration.ofMinutes(30));

            assertThat(revocations()).doesNotHaveDuplicates().hasSizeGreaterThan(15);
        }
    }
}
