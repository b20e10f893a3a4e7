package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A refusal may mean that a policy lacks a line or that the token is dead: what follows differs. */
final class TokenVerdictTest {
    private static final String LOGIN = "POST auth/approle/login";
    private static final String LOOK_UP = "GET auth/token/lookup-self";
    private static final String REVOCATION = "POST auth/token/revoke-self";
    private static final String MINT = "GET database/creds/app";
    private static final String LEASE_RENEWAL = "POST sys/leases/renew";
    private static final String REF = "vault:secret/app#password";
    private static final String FORBIDDEN = "vault:secret/forbidden#password";
    private static final String USER = "vault:database/creds/app#password";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final AtomicInteger logins = new AtomicInteger();
    private final AtomicInteger mints = new AtomicInteger();
    private final Set<String> living = new ConcurrentSkipListSet<>();
    private final VirtualVault vault =
            VirtualVault.of(time, routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")));

    @BeforeEach
    void serve() {
        routes.on(LOGIN, asked -> {
            String token = "token-" + logins.incrementAndGet();
            living.add(token);
            return VirtualVault.token(token, 0, false);
        });
        routes.on(LOOK_UP, asked -> forLiving(asked, Routes.reply(200, "{\"data\":{\"ttl\":0}}")));
        routes.on("GET secret/data/app", asked -> forLiving(asked, found()));
        routes.on("GET secret/data/forbidden", asked -> denied());
        routes.on(MINT, asked -> {
            int number = mints.incrementAndGet();
            return forLiving(asked, VirtualVault.lease("database/creds/app/" + number, "60", true, "user-" + number));
        });
        routes.on(LEASE_RENEWAL, asked -> forLiving(asked, VirtualVault.lease("database/creds/app/1", "60", true, "")));
        routes.on(REVOCATION, asked -> {
            boolean unused = living.remove(Routes.token(asked));
            return Routes.reply(204, "");
        });
    }

    private VaultReply forLiving(VaultRequest asked, VaultReply answer) {
        return living.contains(Routes.token(asked)) ? answer : denied();
    }

    private static VaultReply denied() {
        return Routes.reply(403, "{\"errors\":[\"permission denied\"]}");
    }

    private static VaultReply found() {
        return Routes.reply(200, "{\"data\":{\"data\":{\"password\":\"first\"},\"metadata\":{\"version\":1}}}");
    }

    private void pollForbidden(Secrets secrets, Duration span) {
        for (long second = 0; second < span.toSeconds(); second++) {
            time.advance(Duration.ofSeconds(1));
            assertThatThrownBy(() -> secrets.find(FORBIDDEN)).isInstanceOf(SecretAccessException.class);
        }
    }

    @Test
    @DisplayName("a policy that denies one secret costs other secrets no lease and no account")
    void aDenialLeavesLeasesAlone() {
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(USER)) {
            assertThat(held.get().reveal()).isEqualTo("user-1");

            pollForbidden(secrets, Duration.ofMinutes(10));

            assertThat(held.get().reveal()).isEqualTo("user-1");
            assertThat(mints.get()).isOne();
            assertThat(vault.doubts()).isZero();
        }
    }

    @Test
    @DisplayName("a young token is not replaced because of a denial; another login may bring other policies later")
    void aYoungTokenIsKept() {
        try (Secrets secrets = vault.secrets()) {
            pollForbidden(secrets, Duration.ofSeconds(55));
            assertThat(logins.get()).isOne();

            pollForbidden(secrets, Duration.ofMinutes(20));
            assertThat(logins.get()).isBetween(10, 22);
        }
    }

    @Test
    @DisplayName("replaced tokens do not pile up: they are revoked a minute later, unless leases hang on them")
    void uselessTokensAreRevoked() {
        try (Secrets secrets = vault.secrets()) {
            secrets.get(USER);

            pollForbidden(secrets, Duration.ofMinutes(20));

            assertThat(logins.get()).isGreaterThan(9);
            assertThat(living).contains("token-1").hasSizeLessThanOrEqualTo(4);
        }
        assertThat(living).isEmpty();
    }

    @Test
    @DisplayName("F19 a token revoked elsewhere is replaced within the call that notices it; leases are in doubt once")
    void aDeadTokenIsReplacedAtOnce() {
        try (Secrets secrets = vault.secrets();
                var live = secrets.live(REF)) {
            var told = new TreeSet<State>();
            living.clear();

            for (int second = 0; second < 600; second++) {
                time.advance(Duration.ofSeconds(1));
                told.add(live.status().state());
            }

            assertThat(told).containsExactly(State.FRESH);
            assertThat(logins.get()).isEqualTo(2);
            assertThat(vault.doubts()).isOne();
        }
    }

    @Test
    @DisplayName("F19 a denial of another secret just before does not keep a revoked token in use")
    void aDenialDoesNotDelayHealing() {
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(USER)) {
            pollForbidden(secrets, Duration.ofSeconds(2));
            time.advance(Duration.ofMillis(1_500));
            living.clear();
            routes.on(LEASE_RENEWAL, 400, "{\"errors\":[\"lease not found\"]}");

            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            time.advance(Duration.ofSeconds(2));

            assertThat(held.get().reveal()).isEqualTo("user-2");
            assertThat(logins.get()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("F19 where tokens may not look at themselves a denial forces one login in half a minute, no more")
    void tokensThatMayNotLookAtThemselves() {
        routes.on(LOOK_UP, asked -> denied());
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            pollForbidden(secrets, Duration.ofMinutes(10));
            assertThat(logins.get()).isBetween(2, 23);

            time.advance(Duration.ofSeconds(31));
            living.clear();
            time.advance(Duration.ofMinutes(6));

            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName(
            "F19 a look of a fresh token that is refused once, by a server that lags, is made again a minute later")
    void oneStrayRefusalOfALookIsForgotten() {
        var strays = new AtomicInteger();
        routes.on(
                LOOK_UP,
                asked -> strays.getAndDecrement() > 0
                        ? denied()
                        : forLiving(asked, Routes.reply(200, "{\"data\":{\"ttl\":0}}")));
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(USER)) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            living.clear();
            strays.set(2);
            assertThat(secrets.get("vault:secret/app?version=1#password").reveal())
                    .isEqualTo("first");
            time.advance(Duration.ofMinutes(2));
            assertThat(logins.get()).isEqualTo(2);
            int before = vault.doubts();

            pollForbidden(secrets, Duration.ofMinutes(10));

            assertThat(vault.doubts()).isEqualTo(before);
            assertThat(held.status().state()).isEqualTo(State.FRESH);
            living.clear();
            assertThat(secrets.get("vault:secret/app?version=2#password").reveal())
                    .isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F19 a login that is refused hides neither the token that lives nor what was denied")
    void aRefusedLoginLeavesTheTokenInUse() {
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            routes.on(LOGIN, 400, "{\"errors\":[\"invalid secret id\"]}");
            time.advance(Duration.ofMinutes(2));

            assertThatThrownBy(() -> secrets.get(FORBIDDEN))
                    .isInstanceOf(SecretAccessException.class)
                    .hasMessageContaining("secret/data/forbidden");
            assertThat(secrets.get("vault:secret/app?version=1#password").reveal())
                    .isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F24 policies without sys/leases/renew: one account per two thirds of a lease, and one login for all")
    void leasesThatMayNotBeRenewedAreReplaced() {
        routes.on(LEASE_RENEWAL, asked -> denied());
        routes.on("GET database/creds/other", asked -> {
            int number = mints.incrementAndGet();
            return VirtualVault.lease("database/creds/other/" + number, "86400", true, "other-" + number);
        });
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(USER);
                var other = secrets.live("vault:database/creds/other#password")) {
            String first = other.get().reveal();
            for (int second = 0; second < 400; second++) {
                time.advance(Duration.ofSeconds(1));
                assertThat(held.status().state()).isEqualTo(State.FRESH);
            }

            assertThat(other.get().reveal()).isEqualTo(first);
            assertThat(mints.get()).isBetween(10, 12);
            assertThat(logins.get()).isOne();
            assertThat(routes.count(LEASE_RENEWAL)).isOne();
            assertThat(vault.doubts()).isZero();
        }
    }

    @Test
    @DisplayName("F20 a given token that somebody else renews is leased under as long as it lives")
    void aTokenRenewedByOthersIsUsed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "token-9\n");
        living.add("token-9");
        routes.on(LOOK_UP, 200, "{\"data\":{\"ttl\":60,\"renewable\":false}}");
        VirtualVault agent = VirtualVault.of(time, routes, VaultAuth.tokenFile(file));
        try (Secrets secrets = agent.secrets();
                var held = secrets.live(USER)) {
            for (int second = 0; second < 600; second++) {
                time.advance(Duration.ofSeconds(1));
                assertThat(held.status().state()).isEqualTo(State.FRESH);
            }

            assertThat(mints.get()).isLessThan(25);
        }
    }

    @Test
    @DisplayName("F20 a given token that nobody renews is not asked about each second until it ends")
    void aTokenNearItsEndIsLeftAlone() {
        living.add("given");
        routes.on(LOOK_UP, 200, "{\"data\":{\"ttl\":7200,\"renewable\":true}}");
        routes.on("POST auth/token/renew-self", asked -> denied());
        VirtualVault given = VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("given")));
        try (Secrets secrets = given.secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            routes.on(LOOK_UP, 200, "{\"data\":{\"ttl\":1800,\"renewable\":true}}");
            time.advance(Duration.ofMinutes(80));
            int before = routes.asked().size();

            time.advance(Duration.ofMinutes(30));

            assertThat(routes.count("POST auth/token/renew-self")).isOne();
            assertThat(routes.asked().size() - before).isLessThan(50);
        }
    }
}
