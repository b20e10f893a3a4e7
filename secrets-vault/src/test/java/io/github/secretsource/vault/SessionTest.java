package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretStatus;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SessionTest {
    private static final String LOGIN = "POST auth/approle/login";
    private static final String RENEWAL = "POST auth/token/renew-self";
    private static final String READ = "GET secret/data/app";
    private static final String REF = "vault:secret/app#password";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes().secret("app", "password", "first");
    private final AtomicInteger logins = new AtomicInteger();

    private VirtualVault vault() {
        return VirtualVault.of(time, routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")));
    }

    /** Each login gives another token. */
    private void tokens(long ttl, boolean renewable) {
        routes.on(LOGIN, asked -> VirtualVault.token("token-" + logins.incrementAndGet(), ttl, renewable));
    }

    @Test
    @DisplayName("F19 fifty readers who need a login share one")
    void sharesLogins() {
        FakeTime itself = FakeTime.advancingItself();
        VirtualVault vault = VirtualVault.of(itself, routes, VaultAuth.appRole("role"));
        var refs = IntStream.range(0, 50)
                .mapToObj(at -> "vault:secret/app" + at + "#password")
                .toList();
        IntStream.range(0, 50).forEach(at -> routes.secret("app" + at, "password", "value"));
        routes.on(LOGIN, asked -> {
            vault.pause(Duration.ofSeconds(1)); // the others come meanwhile
            return VirtualVault.token("token", 3600, true);
        });

        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.getAll(refs).problems()).isEmpty();
        }

        assertThat(routes.count(LOGIN)).isOne();
    }

    @Test
    @DisplayName("F19 fifty readers whose token was revoked share the login that heals, and all read")
    void sharesHealing() {
        tokens(3600, true);
        routes.on(READ, this::onlyForNewest);
        try (Secrets secrets = vault().secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            IntStream.range(0, 50).forEach(at -> routes.on("GET secret/data/app" + at, this::onlyForSecond));

            var batch = secrets.getAll(IntStream.range(0, 50)
                    .mapToObj(at -> "vault:secret/app" + at + "#password")
                    .toList());

            assertThat(batch.problems()).isEmpty();
            assertThat(routes.count(LOGIN)).isEqualTo(2);
        }
    }

    private VaultReply onlyForNewest(VaultRequest request) {
        return Routes.token(request).equals("token-" + logins) ? found() : Routes.reply(403, "{\"errors\":[\"no\"]}");
    }

    private VaultReply onlyForSecond(VaultRequest request) {
        return Routes.token(request).equals("token-2") ? found() : Routes.reply(403, "{\"errors\":[\"no\"]}");
    }

    private static VaultReply found() {
        return Routes.reply(200, "{\"data\":{\"data\":{\"password\":\"first\"},\"metadata\":{\"version\":1}}}");
    }

    @Test
    @DisplayName("F20 a token is renewed at two thirds of its time, not before, and again two thirds later")
    void renewsAtTwoThirds() {
        tokens(60, true);
        routes.on(RENEWAL, asked -> VirtualVault.token("token-1", 60, true));
        try (Secrets secrets = vault().secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");

            time.advance(Duration.ofSeconds(39));
            assertThat(routes.count(RENEWAL)).isZero();
            time.advance(Duration.ofSeconds(2));
            assertThat(routes.count(RENEWAL)).isOne();
            time.advance(Duration.ofSeconds(38));
            assertThat(routes.count(RENEWAL)).isOne();
            time.advance(Duration.ofSeconds(5));
            assertThat(routes.count(RENEWAL)).isEqualTo(2);
            assertThat(routes.count(LOGIN)).isOne();
        }
    }

    @Test
    @DisplayName("F20 a token near its greatest life, which a renewal brings little, is replaced before it ends")
    void replacesBeforeGreatestLife() {
        tokens(60, true);
        routes.on(RENEWAL, asked -> VirtualVault.token("token-1", 10, true));
        VirtualVault vault = vault();
        try (Secrets secrets = vault.secrets()) {
            secrets.get(REF);

            time.advance(Duration.ofSeconds(45));

            assertThat(routes.count(RENEWAL)).isOne();
            assertThat(routes.count(LOGIN)).isEqualTo(2);
            assertThat(vault.doubts()).isZero();
        }
    }

    @Test
    @DisplayName("F19 a renewal that is refused costs one login, and leases are in doubt")
    void replacesRefused() {
        tokens(60, true);
        routes.on(
                RENEWAL,
                asked -> Routes.token(asked).equals("token-1")
                        ? Routes.reply(403, "{\"errors\":[\"permission denied\"]}")
                        : VirtualVault.token("token-2", 60, true));
        VirtualVault vault = vault();
        try (Secrets secrets = vault.secrets()) {
            secrets.get(REF);

            time.advance(Duration.ofSeconds(79));

            assertThat(routes.count(LOGIN)).isEqualTo(2);
            assertThat(vault.doubts()).isOne();
        }
    }

    @Test
    @DisplayName("F20 a token that cannot be renewed is never renewed but replaced at two thirds of its time")
    void replacesBatchTokens() {
        tokens(60, false);
        VirtualVault vault = vault();
        try (Secrets secrets = vault.secrets()) {
            secrets.get(REF);

            time.advance(Duration.ofSeconds(39));
            assertThat(routes.count(LOGIN)).isOne();
            time.advance(Duration.ofSeconds(2));
            assertThat(routes.count(LOGIN)).isEqualTo(2);
            time.advance(Duration.ofSeconds(38));
            assertThat(routes.count(LOGIN)).isEqualTo(2);
            assertThat(routes.count(RENEWAL)).isZero();
            assertThat(vault.doubts()).isZero();
        }
    }

    @Test
    @DisplayName("F20 a token that never ends is left alone: a day without a call")
    void leavesEndlessTokens() {
        tokens(0, false);
        try (Secrets secrets = vault().secrets();
                var live = secrets.live("vault:secret/app?version=1#password")) {
            int before = routes.asked().size();

            time.advance(Duration.ofDays(1));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(routes.asked()).hasSize(before);
        }
    }

    @Test
    @DisplayName("F21 while no login succeeds what was read is served, and logins are tried ever more rarely")
    void survivesLoginOutage() {
        tokens(60, true);
        routes.on(RENEWAL, asked -> Routes.reply(503, "{\"errors\":[\"sealed\"]}"));
        try (Secrets secrets = vault().secrets();
                var live = secrets.live(REF)) {
            routes.on(LOGIN, asked -> Routes.reply(500, "{\"errors\":[\"down\"]}"));
            routes.on(READ, this::onlyForNewest);

            time.advance(Duration.ofMinutes(10));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(routes.count(LOGIN)).isBetween(3L, 20L);

            tokens(60, true);
            time.advance(Duration.ofMinutes(3));
            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
        }
    }

    @Test
    @DisplayName(
            "F21 a login that is refused is a denial, and not tried for each secret and reader: no account is locked")
    void doesNotHammer() {
        routes.on(LOGIN, 400, "{\"errors\":[\"invalid role or secret ID\"]}");
        try (Secrets secrets = vault().secrets()) {
            for (int at = 0; at < 100; at++) {
                String ref = "vault:secret/app" + at % 20 + "#password";
                assertThatThrownBy(() -> secrets.get(ref))
                        .isInstanceOf(SecretAccessException.class)
                        .hasMessageContaining("app-role at auth/approle")
                        .hasMessageNotContaining("not-a-real-secret-id");
                time.advance(Duration.ofMillis(100));
            }
        }
        assertThat(routes.count(LOGIN)).isLessThanOrEqualTo(5);
    }

    @Test
    @DisplayName("F21 an auth method that is not there is an outage, which says where it was looked for")
    void namesMissingMethod() {
        try (Secrets secrets = vault().secrets()) {
            assertThatThrownBy(() -> secrets.get(REF))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining("auth/approle");
        }
    }

    @Test
    @DisplayName("F19 a token file is read again when the server refuses the token, and not before")
    void readsTokenFileAgain(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "token-1\n");
        routes.on(READ, this::onlyForNewest).on("GET auth/token/lookup-self", this::onlyForNewest);
        logins.set(1);
        VirtualVault vault = VirtualVault.of(time, routes, VaultAuth.tokenFile(file));
        try (Secrets secrets = vault.secrets();
                var live = secrets.live(REF)) {
            Files.writeString(file, "token-2\n");
            logins.set(2);

            time.advance(Duration.ofMinutes(6));

            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(routes.asked().stream().map(Routes::token)).contains("token-2");
            assertThat(vault.doubts()).isOne();
        }
    }

    @Test
    @DisplayName("F49 the token of our own login is revoked at close, a given one never")
    void revokesItsOwn() {
        tokens(60, true);
        try (Secrets secrets = vault().secrets()) {
            secrets.get(REF);
        }
        assertThat(routes.count("POST auth/token/revoke-self")).isOne();

        routes.anyToken();
        try (Secrets secrets = VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("given")))
                .secrets()) {
            secrets.get(REF);
        }
        assertThat(routes.count("POST auth/token/revoke-self")).isOne();
    }
}
