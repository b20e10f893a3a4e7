package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretRef;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of missing rights, of dead tokens and of servers that take their time. */
final class DoctorTest {
    private static final String CAPABILITIES = "POST sys/capabilities-self";
    private static final String LOOK = "GET auth/token/lookup-self";
    private static final String DENIED = "{\"errors\":[\"permission denied\"]}";
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final String FOR_LEASES = """
            # Only needed for secrets with leases, such as database/creds: to renew them, and to give them back.
            path "sys/leases/renew" { capabilities = ["update"] }
            path "sys/leases/revoke" { capabilities = ["update"] }
            """;

    private final FakeTime time = FakeTime.advancingItself();
    private final Routes routes = new Routes().anyToken();
    private final VirtualVault vault =
            VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("not-a-real-token")));

    private static List<String> many(String path, int number) {
        return IntStream.range(0, number)
                .mapToObj(at -> "vault:" + path + at + "#password")
                .toList();
    }

    private void revoke() {
        routes.on(LOOK, 403, DENIED)
                .on(CAPABILITIES, 403, DENIED)
                .on("GET secret/data/app0", 403, DENIED)
                .on("GET secret/data/app1", 403, DENIED);
    }

    @Test
    @DisplayName("F19 F25 a token that was revoked is said to be, before any line of policy")
    void tellsRevokedTokens() {
        routes.secret("app0", "password", "first");
        try (Secrets secrets = vault.secrets()) {
            secrets.get("vault:secret/app0#password");
            revoke();
            var refs = List.of(
                    "vault:secret/app0#password", "vault:secret/app1#password", "vault:database/creds/orders#password");

            List<Diagnosis> found = secrets.diagnose(refs);

            assertThat(found).hasSize(3).allSatisfy(one -> {
                assertThat(one.isHealthy()).isFalse();
                assertThat(one.finding()).contains("the token itself is refused");
                assertThat(one.fix()).startsWith("give another token").contains("if the token lives, add to a policy");
            });
        }
    }

    @Test
    @DisplayName("F25 a token that lives is not said to be dead: the line of policy is what is missing")
    void tellsMissingPolicies() {
        routes.on(CAPABILITIES, 403, DENIED).on("GET secret/data/app0", 403, DENIED);
        routes.on("GET sys/internal/ui/mounts/kv/app", 403, DENIED);
        try (Secrets secrets = vault.secrets()) {
            List<Diagnosis> found = secrets.diagnose(List.of("vault:secret/app0#password", "vault:kv/app#password"));

            assertThat(found).noneMatch(Diagnosis::isHealthy);
            assertThat(found).extracting(Diagnosis::fix).allMatch(fix -> fix.contains("add to a policy"));
            assertThat(found).extracting(Diagnosis::finding).noneMatch(one -> one.contains("token itself"));
        }
    }

    @Test
    @DisplayName("F25 of a secret that an engine makes nothing is claimed that the token may not ask")
    void claimsNothing() {
        String ref = "vault:database/creds/orders#password";
        try (Secrets secrets = vault.secrets()) {
            routes.on(CAPABILITIES, 200, "{\"data\":{\"database/creds/orders\":[\"read\"]}}");
            assertThat(secrets.diagnose(List.of(ref)).get(0).finding()).startsWith("may be read; database is mounted");

            routes.on(CAPABILITIES, 403, DENIED);
            Diagnosis found = secrets.diagnose(List.of(ref)).get(0);
            assertThat(found.isHealthy()).isTrue();
            assertThat(found.finding()).startsWith("may be read or not").contains("was not asked to make one");
        }
    }

    @Test
    @DisplayName("F11 a diagnosis of a hundred secrets on a server that hangs ends after ten seconds and says why")
    void endsInTime() {
        routes.on(CAPABILITIES, asked -> hang(BOUND));
        try (Secrets secrets = vault.secrets()) {
            long start = time.nanos();

            List<Diagnosis> found = secrets.diagnose(many("secret/app", 100));

            assertThat(time.nanos() - start).isBetween(BOUND.toNanos(), BOUND.toNanos() * 5 / 4);
            assertThat(found)
                    .hasSize(100)
                    .allSatisfy(one -> assertThat(one.finding()).contains("broke the connection off"));
        }
        assertThat(routes.count(CAPABILITIES)).isOne();
    }

    @Test
    @DisplayName("F11 what a slow server leaves no time for is not said to be ill")
    void saysWhatWasNotLookedAt() {
        IntStream.range(0, 100).forEach(at -> routes.secret("app" + at, "password", "first"));
        routes.on(CAPABILITIES, asked -> {
            vault.pause(Duration.ofSeconds(1));
            return Routes.reply(403, DENIED);
        });
        try (Secrets secrets = vault.secrets()) {
            List<Diagnosis> found = secrets.diagnose(many("secret/app", 100));

            assertThat(found).hasSize(100);
            assertThat(found.stream().filter(Diagnosis::isHealthy).count()).isBetween(8L, 10L);
            assertThat(found.get(99).isHealthy()).isFalse();
            assertThat(found.get(99).finding()).startsWith("was not ");
        }
    }

    private String printed(List<String> refs) {
        var ids = refs.stream().map(ref -> SecretRef.parse(ref).id()).collect(Collectors.toSet());
        return vault.leastPrivilege(ids).get(0).document();
    }

    private VaultReply hang(Duration span) {
        vault.pause(span);
        return Routes.reply(0, "");
    }

    @Test
    @DisplayName("F11 the policy for many secrets on a server that hangs is there after ten seconds, with each line")
    void printsInTime() {
        IntStream.range(0, 20).forEach(at -> {
            routes.on("GET kv/app" + at, 200, "{\"data\":{\"password\":\"first\"}}");
            routes.on("GET sys/internal/ui/mounts/kv/app" + at, asked -> hang(BOUND));
        });
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.health()).isNotNull(); // It is started.
            long start = time.nanos();

            String printed = printed(many("kv/app", 20));

            assertThat(time.nanos() - start).isBetween(BOUND.toNanos(), BOUND.toNanos() * 5 / 4);
            assertThat(routes.asked().stream().filter(asked -> asked.path().contains("/mounts/")))
                    .hasSize(1);
            assertThat(printed.lines().filter(line -> line.startsWith("# The mount of")))
                    .hasSize(20);
            assertThat(printed).contains("path \"kv/app19\" {").contains("path \"kv/data/app19\" {");
        }
    }

    @Test
    @DisplayName(
            "F25 where the mount is not known, each line of policy that may fit stands below a comment that says so")
    void printsEachCandidate() {
        routes.on("GET sys/internal/ui/mounts/team/blue/kv/app", 403, DENIED);
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.health()).isNotNull(); // It is started.

            assertThat(printed(List.of("vault:secret/app#password", "vault:team/blue/kv/app#a")))
                    .isEqualTo("""
                            path "secret/data/app" { capabilities = ["read"] }
                            # The mount of team/blue/kv/app is not known: keep the line that fits.
                            path "team/data/blue/kv/app" { capabilities = ["read"] }
                            path "team/blue/data/kv/app" { capabilities = ["read"] }
                            path "team/blue/kv/data/app" { capabilities = ["read"] }
                            path "team/blue/kv/app" { capabilities = ["read"] }
                            """ + FOR_LEASES);
        }
    }

    @Test
    @DisplayName("F25 where the mount is not known, the policy is enough for a secret that has a lease")
    void printsLeaseLinesOfGuesses() {
        routes.on("GET sys/internal/ui/mounts/db/creds/orders", 403, DENIED);
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.health()).isNotNull(); // It is started.

            assertThat(printed(List.of("vault:db/creds/orders#password"))).isEqualTo("""
                            # The mount of db/creds/orders is not known: keep the line that fits.
                            path "db/data/creds/orders" { capabilities = ["read"] }
                            path "db/creds/data/orders" { capabilities = ["read"] }
                            path "db/creds/orders" { capabilities = ["read"] }
                            """ + FOR_LEASES);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"database/static-creds/orders", "database/creds/orders"})
    @DisplayName("F25 the lines that only leases need stand below a comment that says so")
    void printsLeaseLinesApart(String path) {
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.health()).isNotNull(); // It is started.

            assertThat(printed(List.of("vault:" + path + "#password", "vault:secret/app#password")))
                    .isEqualTo("path \"" + path + "\" { capabilities = [\"read\"] }\n"
                            + "path \"secret/data/app\" { capabilities = [\"read\"] }\n" + FOR_LEASES);
        }
    }

    @Test
    @DisplayName("F25 what has versions has no leases, also where the mount is not known")
    void printsNoLeaseLinesOfVersions() {
        routes.on("GET sys/internal/ui/mounts/kv/app", 403, DENIED);
        try (Secrets secrets = vault.secrets()) {
            assertThat(secrets.health()).isNotNull(); // It is started.

            assertThat(printed(List.of("vault:secret/app#password", "vault:kv/app?version=3#password")))
                    .contains("path \"kv/data/app\"")
                    .doesNotContain("lease");
        }
    }
}
