package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A token in a file that somebody else keeps fresh, who is late. */
final class GivenTokenTest {
    private static final String REF = "vault:secret/app#password";
    private static final String OTHER = "vault:secret/other#password";
    private static final String DENIAL = "{\"errors\":[\"permission denied\"]}";
    private static final String FOUND = "{\"data\":{\"data\":{\"password\":\"first\"},\"metadata\":{\"version\":1}}}";
    private static final long TTL = 60;

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes();
    private final Set<String> living = new ConcurrentSkipListSet<>(Set.of("token-1"));

    @TempDir
    Path folder;

    private Path file;
    private VirtualVault vault;

    @BeforeEach
    void serve() throws Exception {
        routes.on(
                "GET auth/token/lookup-self",
                asked -> forLiving(asked, "{\"data\":{\"ttl\":" + TTL + ",\"renewable\":false}}"));
        routes.on("GET secret/data/app", asked -> forLiving(asked, FOUND));
        routes.on("GET secret/data/other", asked -> forLiving(asked, FOUND));
        file = Files.writeString(folder.resolve("token"), "token-1\n");
        vault = VirtualVault.of(time, routes, VaultAuth.tokenFile(file));
    }

    private VaultReply forLiving(VaultRequest asked, String answer) {
        return living.contains(Routes.token(asked)) ? Routes.reply(200, answer) : Routes.reply(403, DENIAL);
    }

    private void another() throws Exception {
        Files.writeString(file, "token-2\n");
        living.add("token-2");
    }

    private static void assertSaysSo(Secrets secrets, String ref) {
        assertThatThrownBy(() -> secrets.get(ref))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("has ended or was revoked")
                .hasMessageContaining("give another token")
                .hasMessageNotContaining("secret/data/other")
                .hasMessageNotContaining("token-1");
    }

    @Test
    @DisplayName(
            "F20 a given token that has ended is said to have, and another one in its file is used at the next call")
    void anEndedTokenMakesRoomForAnother() throws Exception {
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            time.advance(Duration.ofSeconds(TTL + 1));
            living.clear();
            assertSaysSo(secrets, OTHER);
            another();

            time.advance(Duration.ofSeconds(4));

            assertThat(secrets.get(OTHER).reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F19 a given token that was revoked is said to be, and what was read is served until another is given")
    void aRevokedTokenIsAnOutage() throws Exception {
        try (Secrets secrets = vault.secrets();
                var live = secrets.live(REF)) {
            living.clear();
            assertSaysSo(secrets, OTHER);
            time.advance(Duration.ofMinutes(20));
            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(live.status().state()).isEqualTo(State.STALE);
            another();

            time.advance(Duration.ofMinutes(2));

            assertThat(live.status().state()).isEqualTo(State.FRESH);
            assertThat(secrets.get(OTHER).reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName(
            "F25 a given token that may not look at itself is not said to have ended: what is denied is a policy's")
    void aTokenThatMayNotLookIsNotJudged() {
        routes.on("GET auth/token/lookup-self", 403, DENIAL).on("GET secret/data/other", 403, DENIAL);
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.get(REF).reveal()).isEqualTo("first");

            assertThatThrownBy(() -> secrets.get(OTHER)).hasMessageContaining("secret/data/other");
        }
    }
}
