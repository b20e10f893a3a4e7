package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretStatus;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mounts that are asked from the server, and what becomes of them while secrets below them are held. */
final class MountsTest {
    private static final String QUESTION = "GET sys/internal/ui/mounts/kv/app";
    private static final String REF = "vault:kv/app#password";
    private static final String NO_ROUTE = "{\"errors\":[\"no handler for route\"]}";
    private static final String DENIED = "{\"errors\":[\"permission denied\"]}";

    private final FakeTime time = FakeTime.create();
    private final Routes routes = new Routes().anyToken();

    private Secrets secrets() {
        return VirtualVault.of(time, routes, VaultAuth.token(SecretValue.of("not-a-real-token")))
                .secrets();
    }

    private static String mounted(String path, String version) {
        return "{\"data\":{\"path\":\"" + path + "/\",\"type\":\"kv\",\"options\":{\"version\":\"" + version + "\"}}}";
    }

    private static String versioned(String value) {
        return "{\"data\":{\"data\":{\"password\":\"" + value + "\"},\"metadata\":{\"version\":1}}}";
    }

    private static String unversioned(String value) {
        return "{\"data\":{\"password\":\"" + value + "\"}}";
    }

    @Test
    @DisplayName("F27 a mount that goes away withdraws nothing: what is held is served, and it says what is wrong")
    void servesWhileMountIsGone() {
        routes.on(QUESTION, 200, mounted("kv", "2")).on("GET kv/data/app", 200, versioned("first"));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            routes.on(QUESTION, 403, DENIED).on("GET kv/data/app", 404, NO_ROUTE);

            time.advance(Duration.ofMinutes(50));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
            assertThat(live.status().problem().orElseThrow())
                    .hasMessageContaining("nothing of that kind is mounted there");

            routes.on(QUESTION, 200, mounted("kv", "1")).on("GET kv/app", 200, unversioned("second"));
            time.advance(Duration.ofMinutes(2));
            assertThat(live.get().reveal()).isEqualTo("second");
        }
    }

    @Test
    @DisplayName("F25 a mount that became one with versions is read at its new path, where the policy allows only that")
    void noticesVersions() {
        routes.on(QUESTION, 200, mounted("kv", "1")).on("GET kv/app", 200, unversioned("first"));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            routes.on(QUESTION, 200, mounted("kv", "2"))
                    .on("GET kv/app", 403, DENIED)
                    .on("GET kv/data/app", 200, versioned("second"));

            time.advance(Duration.ofMinutes(6));

            assertThat(live.get().reveal()).isEqualTo("second");
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(routes.count(QUESTION)).isEqualTo(2);
        }
    }

    @Test
    @DisplayName(
            "F25 a permission that is taken away withdraws, also where no question for the mount is answered any more")
    void withdrawsWhatIsDenied() {
        routes.on(QUESTION, 200, mounted("kv", "2")).on("GET kv/data/app", 200, versioned("first"));
        try (Secrets secrets = secrets();
                var live = secrets.live(REF)) {
            routes.on(QUESTION, 403, DENIED).on("GET kv/data/app", 403, DENIED);

            time.advance(Duration.ofMinutes(6));

            assertThat(catchThrowableOfType(SecretAccessException.class, live::get)
                            .fix())
                    .contains("path \"kv/data/app\" { capabilities = [\"read\"] }");
        }
    }

    @Test
    @DisplayName("F25 a denial that lasts costs one question for the mount at each second look, and no more")
    void asksRarely() {
        routes.on(QUESTION, 200, mounted("kv", "2")).on("GET kv/data/app", 403, DENIED);
        try (Secrets secrets = secrets()) {
            for (int second = 0; second < 600; second++) {
                assertThat(catchThrowableOfType(SecretAccessException.class, () -> secrets.get(REF)))
                        .isNotNull();
                time.advance(Duration.ofSeconds(1));
            }
        }
        assertThat(routes.count("GET kv/data/app")).isBetween(20L, 60L);
        assertThat(routes.count(QUESTION)).isBetween(2L, routes.count("GET kv/data/app") / 2 + 1);
    }

    @Test
    @DisplayName("F27 where a mount inside of another goes away, the outer one is known from then on")
    void forgetsInnerMount() {
        String question = "GET sys/internal/ui/mounts/team/kv/app";
        routes.on(question, 200, mounted("team/kv", "1")).on("GET team/kv/app", 200, unversioned("inner"));
        try (Secrets secrets = secrets();
                var live = secrets.live("vault:team/kv/app#password")) {
            routes.on(question, 200, mounted("team", "2"))
                    .on("GET team/kv/app", 404, NO_ROUTE)
                    .on("GET team/data/kv/app", 200, versioned("outer"));

            time.advance(Duration.ofMinutes(30));

            assertThat(live.get().reveal()).isEqualTo("outer");
            assertThat(routes.count(question)).isEqualTo(2);
        }
    }

    /** What a path is found to be by a client with a namespace, whose server answers with that path of a mount. */
    private Mounts.Place found(String namespace, String path, String answered) throws Refusal {
        routes.on("GET sys/internal/ui/mounts/" + path, 200, mounted(answered, "2"));
        var transport = VirtualVault.of(time, routes, VaultAuth.certificate(""));
        var addresses = new Addresses(List.of(URI.create("https://vault.example")));
        var client = new VaultClient(addresses, namespace, time::nanos, transport, transport);
        var token = new Token(SecretValue.of("not-a-real-token"), false, time.nanos(), 0, false);
        Mounts.Place place = new Mounts(Map.of(), client)
                .of(path, token, time.nanos() + Duration.ofSeconds(3).toNanos());
        assertThat(routes.asked())
                .allMatch(asked -> namespace.equals(asked.headers().get("X-Vault-Namespace")));
        return place;
    }

    @ParameterizedTest(name = "{displayName} [{0}, {1}, {2}]")
    @CsvSource({
        "admin,      team/kv/app,  admin/team/kv,      team/kv/data/app",
        "admin,      team/kv/app,  team/kv,            team/kv/data/app",
        "admin,      kv/app,       kv,                 kv/data/app",
        "admin/blue, team/kv/app,  admin/blue/team/kv, team/kv/data/app",
        "kv,         kv/app,       kv,                 kv/data/app",
        "kv,         kv/kv/app,    kv/kv,              kv/kv/data/app",
        "kv,         kv/kv/app,    kv/kv/kv,           kv/kv/data/app",
        "team,       team/kv/app,  team/team/kv,       team/kv/data/app",
        "admin,      kv/admin/app, kv,                 kv/data/admin/app"
    })
    @DisplayName("a mount of a child namespace is found, though the server answers its path from the root on")
    void findsMountsOfChildNamespaces(String namespace, String path, String answered, String read) throws Refusal {
        assertThat(found(namespace, path, answered).readPath()).isEqualTo(read);
    }

    @ParameterizedTest(name = "{displayName} [{0}, {1}]")
    @CsvSource({
        "kv/app, other",
        "kv/app, admin/other",
        "kv/app, admin/kv/app",
        "kv/app, akv",
        "kv/app, ''",
        "team/kv/app, kv"
    })
    @DisplayName("an answer about another mount is none")
    void refusesOtherMounts(String path, String answered) {
        assertThat(catchThrowableOfType(Refusal.class, () -> found("admin", path, answered)))
                .extracting(Refusal::problem)
                .asString()
                .contains("the server does not say what is mounted there");
    }

    @Test
    @DisplayName("F25 where the server names no mount, each line of policy that may fit is named, and what else helps")
    void namesEachLine() {
        routes.on("GET sys/internal/ui/mounts/db/creds/orders", 403, DENIED);
        try (Secrets secrets = secrets()) {
            var refusal = catchThrowableOfType(
                    SecretAccessException.class, () -> secrets.get("vault:db/creds/orders#password"));

            assertThat(refusal.problem()).contains("no such mount").contains("this token may read nothing below it");
            assertThat(refusal.fix())
                    .contains("path \"db/data/creds/orders\" { capabilities = [\"read\"] } if db is mounted as kv2")
                    .contains("path \"db/creds/orders\" { capabilities = [\"read\"] }")
                    .contains("mount.<path> = kv1, kv2 or plain");
        }
    }

    @Test
    @DisplayName("B25 F27 of a version that is gone the number is told, and no text that stands in its place")
    void tellsNumbersAlone() {
        Canary canary = Canary.next();
        String metadata = "\"deletion_time\":\"2026-01-01T00:00:00Z\",\"destroyed\":false}}}";
        routes.on("GET secret/data/a", 404, "{\"data\":{\"data\":null,\"metadata\":{\"version\":7," + metadata)
                .on(
                        "GET secret/data/b",
                        404,
                        "{\"data\":{\"data\":null,\"metadata\":{\"version\":\"" + canary.value() + "\"," + metadata);
        try (Secrets secrets = secrets()) {
            assertThat(missing(secrets, "vault:secret/a#b").problem()).isEqualTo("is deleted in version 7");
            SecretException odd = missing(secrets, "vault:secret/b#b");
            assertThat(odd.problem()).isEqualTo("is deleted");
            assertThat(canary.findIn(odd.toString())).isEmpty();
        }
    }

    private static SecretException missing(Secrets secrets, String ref) {
        return catchThrowableOfType(SecretNotFoundException.class, () -> secrets.get(ref));
    }

    @Test
    @DisplayName("F27 a server that answers no question for a mount is an outage")
    void isOutage() {
        routes.on(QUESTION, 405, "{\"errors\":[\"unsupported operation\"]}");
        try (Secrets secrets = secrets()) {
            assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(REF))
                            .fix())
                    .contains("mount(path, kind)");
        }
    }
}
