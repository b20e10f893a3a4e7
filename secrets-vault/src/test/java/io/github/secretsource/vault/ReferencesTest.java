package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReferencesTest {
    private static final VaultAuth TOKEN = VaultAuth.token(SecretValue.of("not-a-real-token"));

    private final Routes routes = new Routes().anyToken();

    private Secrets secrets() {
        return VirtualVault.of(FakeTime.create(), routes, TOKEN).secrets();
    }

    private List<String> paths() {
        return routes.asked().stream()
                .map(VaultRequest::path)
                .filter(path -> !path.contains("lookup-self"))
                .toList();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(
            strings = {
                "vault:",
                "vault:secret",
                "vault:secret/",
                "vault:/secret/app",
                "vault:secret/app/",
                "vault:/",
                "vault:../../sys/policy",
                "vault:secret/../sys/raw",
                "vault:secret/./app",
                "vault:secret/..app",
                "vault:secret/app/..",
                "vault:secret/%2e%2e/sys",
                "vault:secret/%2fapp",
                "vault:secret/%00",
                "vault:secret/%252e",
                "vault:secret//app",
                "vault://evil.example/x",
                "vault:secret/a\\b",
                "vault:secret/a\r\nX-Evil: 1",
                "vault:secret/a\tb",
                "vault:secret/a\0",
                "vault:secret/p\u0430ypal",
                "vault:secret/a\u200bb",
                "vault:secret/a\u202eb",
                "vault:secret/a b",
                " vault:secret/app",
                "vault:secret/app?list=true",
                "vault:secret/app?version=0",
                "vault:secret/app?version=-1",
                "vault:secret/app?version=x",
                "vault:secret/app?version=01",
                "vault:secret/app?version=1.0",
                "vault:secret/app?version=1234567890",
                "vault:secret/app?version=",
                "vault:secret/app?version=1&version=2",
                "vault:secret/app?version=1&previous",
                "vault:secret/app?stage=AWSCURRENT",
                "vault:secret/app?region=eu"
            })
    @DisplayName(
            "B4 B5 B6 B7 B8 B9 B10 B11 B12 B17 a reference that Vault could read otherwise is refused before a call")
    void refuses(String ref) {
        try (Secrets secrets = secrets()) {
            assertThatThrownBy(() -> secrets.get(ref + "#password")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(routes.asked()).isEmpty();
    }

    @Test
    @DisplayName("B13 a reference that is too long is refused before a call")
    void refusesLength() {
        try (Secrets secrets = secrets()) {
            assertThatThrownBy(() -> secrets.get("vault:secret/" + "a".repeat(10_000)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(routes.asked()).isEmpty();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource({
        "secret/app,/v1/secret/data/app",
        "secret/a/b/c,/v1/secret/data/a/b/c",
        "secret/data/app,/v1/secret/data/data/app",
        "secret/metadata/app,/v1/secret/data/metadata/app",
        "secret/app.v1_x-y~z,/v1/secret/data/app.v1_x-y~z",
        "secret/a@b+c=d!,/v1/secret/data/a%40b%2Bc%3Dd%21",
        "secret/a:b,/v1/secret/data/a%3Ab",
        "'secret/a,b',/v1/secret/data/a%2Cb",
        "database/creds/app,/v1/database/creds/app"
    })
    @DisplayName("B7 a path of odd but harmless characters is encoded, each in its segment")
    void encodes(String path, String asked) {
        try (Secrets secrets = secrets()) {
            assertThatThrownBy(() -> secrets.get("vault:" + path + "#password"))
                    .hasMessageStartingWith("vault:" + path + " does not exist");
        }
        assertThat(paths()).isNotEmpty().allMatch(asked::equals);
    }

    @Test
    @DisplayName("B7 a version goes into the query, and nothing else does")
    void asksForVersions() {
        routes.secret("app", "password", "first");
        try (Secrets secrets = secrets()) {
            assertThat(secrets.get("vault:secret/app?version=12#password").reveal())
                    .isEqualTo("first");
        }
        assertThat(paths()).containsExactly("/v1/secret/data/app?version=12");
    }

    @Test
    @DisplayName("B7 where there are no versions, asking for one is a mistake of the reference and asks nothing")
    void hasNoVersions() {
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                Way.source(server)
                                        .mount("old", VaultMount.KV1)
                                        .auth(TOKEN)
                                        .build())
                        .build()) {
            for (String selector : new String[] {"?previous", "?version=2"}) {
                assertThatThrownBy(() -> secrets.get("vault:old/app" + selector + "#password"))
                        .isInstanceOf(SecretFormatException.class)
                        .hasMessageContaining("old is mounted as kv1");
            }
        }
        assertThat(paths()).isEmpty();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(
            strings = {"", "/", "a//b", "/a", "a/../b", ".", "a b", "a?b", "a#b", "a%2fb", "a\\b", "a\r\nb", "\u00e4"})
    @DisplayName("B4 B17 a mount or namespace that could be read otherwise is refused")
    void refusesMounts(String path) {
        var builder = new VaultSource.Builder();

        assertThatThrownBy(() -> builder.mount(path, VaultMount.KV2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VaultAuth.certificate("").at(path)).isInstanceOf(IllegalArgumentException.class);
        if (!path.isEmpty()) {
            assertThatThrownBy(() -> builder.namespace(path)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    @DisplayName("B17 a mount of several segments is told from one inside of it, and from one of a longer name")
    void knowsMounts() {
        routes.on(
                        "GET team/kv/data/app",
                        200,
                        "{\"data\":{\"data\":{\"password\":\"two\"},\"metadata\":{\"version\":1}}}")
                .on("GET team/kv/old/app", 200, "{\"data\":{\"password\":\"one\"}}")
                .on("GET team/kvx/app", 200, "{\"data\":{\"password\":\"other\"}}");
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                Way.source(server)
                                        .mount("team/kv", VaultMount.KV2)
                                        .mount("team/kv/old", VaultMount.KV1)
                                        .mount("team/kvx/", VaultMount.KV1)
                                        .namespace("group/team/")
                                        .auth(TOKEN)
                                        .build())
                        .build()) {
            assertThat(secrets.get("vault:team/kv/app#password").reveal()).isEqualTo("two");
            assertThat(secrets.get("vault:team/kv/old/app#password").reveal()).isEqualTo("one");
            assertThat(secrets.get("vault:team/kvx/app#password").reveal()).isEqualTo("other");
        }
        assertThat(routes.asked())
                .allSatisfy(asked -> assertThat(asked.headers()).containsEntry("X-Vault-Namespace", "group/team"));
    }

    @Test
    @DisplayName("B25 null is no field, an object and a list are their JSON text, a flag and a number their text")
    void makesFields() {
        routes.on(
                "GET secret/data/app",
                200,
                "\uFEFF{\"data\":{\"data\":{\"a\":null,\"b\":true,\"c\":{\"d\": [1, \"\u00e9\"]},\"e\":[ ],\"f\":1.50},"
                        + "\"metadata\":{\"version\":3}}}");
        try (Secrets secrets = secrets()) {
            assertThatThrownBy(() -> secrets.get("vault:secret/app#a")).hasMessageContaining("secret/app");
            assertThat(secrets.get("vault:secret/app#b").reveal()).isEqualTo("true");
            assertThat(secrets.get("vault:secret/app#c").reveal()).isEqualTo("{\"d\": [1, \"\u00e9\"]}");
            assertThat(secrets.get("vault:secret/app#e").reveal()).isEqualTo("[ ]");
            assertThat(secrets.get("vault:secret/app#f").reveal()).isEqualTo("1.50");
        }
    }
}
