package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.Secrets;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.test.Canary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VaultConfigurationTest {
    private static final String SHOWN = ";client-certificate-file=%f;client-key-file=%f";
    private static final String GOOD = "address=https://vault.example;auth=certificate" + SHOWN;
    private static final String LOGGED_IN =
            "{\"auth\":{\"client_token\":\"another-token\",\"lease_duration\":0,\"renewable\":false}}";

    private final Canary canary = Canary.next();

    @TempDir
    Path folder;

    /** Keys of the source, separated by semicolons; %s is the canary, %f a file that holds it. */
    private Map<String, String> config(String keys) {
        var config = new HashMap<String, String>();
        config.put("secrets.source.vault.kind", "vault");
        config.put("secrets.source.vars.kind", "file");
        config.put("secrets.source.vars.mount.x", folder.toString());
        for (String key : keys.split(";", -1)) {
            String[] parts = key.split("=", 2);
            String value = parts[1].replace("%s", canary.value())
                    .replace("%f", folder.resolve("secret").toString());
            config.put("secrets.source.vault." + parts[0], value);
        }
        return config;
    }

    private String problem(String keys) {
        var thrown = catchThrowableOfType(
                IllegalArgumentException.class,
                () -> Secrets.fromConfig(config(keys)).close());
        assertThat(thrown).as(keys).isNotNull();
        assertThat(canary.findIn(thrown.getMessage())).as(keys).isEmpty();
        return thrown.getMessage();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource(
            delimiter = '|',
            value = {
                "auth=certificate | address",
                "address=;auth=certificate | address",
                "address=https://user:%s@vault.example;auth=certificate | address",
                "address=https://vault.example/%s;auth=certificate | address",
                "address=http://vault.example/?%s;auth=certificate | address",
                "address=not a uri %s;auth=certificate | address",
                "address=https://vault.example,,https://other.example;auth=certificate | address",
                "address=https://vault.example,ftp://%s;auth=certificate | address",
                "address=https://vault.example | auth",
                "address=https://vault.example;auth=%s | auth",
                "address=https://vault.example;auth=token | auth.credential",
                "address=https://vault.example;auth=token;auth.credential=vars:x/a#b;auth.file=%f | auth.credential",
                "address=https://vault.example;auth=token;auth.credential=nowhere:x#b | names a source that is not configured",
                "address=https://vault.example;auth=token;auth.credential=%s | auth.credential",
                "address=https://vault.example;auth=token;auth.file=%f;auth.mount=there | auth.mount",
                "address=https://vault.example;auth=token-file | auth.file",
                "address=https://vault.example;auth=app-role | auth.role",
                "address=https://vault.example;auth=app-role;auth.role=r;auth.wrapped=true | auth.wrapped",
                "address=https://vault.example;auth=kubernetes | auth.role",
                "address=https://vault.example;auth=jwt;auth.file=%f | auth.role",
                "address=https://vault.example;auth=jwt;auth.role=r | auth.credential",
                "address=https://vault.example;auth=userpass;auth.file=%f | auth.user",
                "address=https://vault.example;auth=userpass;auth.user=a/../%s;auth.file=%f | auth.user",
                "address=https://vault.example;auth=ldap;auth.user=a | auth.credential",
                "address=https://vault.example;auth=certificate;auth.wrapped=true | auth.wrapped",
                "address=https://vault.example;auth=certificate;auth.wrapped=%s | auth.wrapped",
                "address=https://vault.example;auth=certificate;auth.mount=../%s | auth.mount",
                "address=https://vault.example;auth=certificate;namespace=../%s | namespace",
                "address=https://vault.example;auth=certificate;mount.secret=%s | mount.secret",
                "address=https://vault.example;auth=certificate;mount.a/../b=kv2 | mount.a/../b",
                "address=https://vault.example;auth=certificate;client-key-file=%f | client-key-file",
                "address=https://vault.example;auth=certificate;client-certificate-file=%f | client-key-file",
                "address=https://vault.example;auth=certificate;environment=%s | environment",
                "auth=certificate;environment=true | VAULT_ADDR",
                "address=https://vault.example;auth=certificate;token=%s | token",
                "address=https://vault.example;auth=kubernete;auth.role=r | auth names no login",
                "address=https://vault.example;auth=k8s;auth.mount=kubernetes | auth names no login",
                "address=https://vault.example;auth=Kubernetes;auth.mount=userpass;auth.role=app-role | auth names no login",
                "address=https://vault.example;auth=kubernetes;auth.role=r;auth.credential=vars:x/a | auth.credential does not belong",
                "address=https://vault.example;auth=kubernetes;auth.role=r;auth.user=%s | auth.user does not belong",
                "address=https://vault.example;auth=app-role;auth.role=r;auth.user=%s | auth.user does not belong",
                "address=https://vault.example;auth=token;auth.file=%f;auth.role=%s | auth.role does not belong",
                "address=https://vault.example;auth=token-file;auth.file=%f;auth.credential=vars:x/a | auth.credential does not belong",
                "address=https://vault.example;auth=jwt;auth.role=r;auth.file=%f;auth.user=%s | auth.user does not belong",
                "address=https://vault.example;auth=userpass;auth.user=u;auth.file=%f;auth.role=%s | auth.role does not belong",
                "address=https://vault.example;auth=ldap;auth.user=u;auth.file=%f;auth.role=%s | auth.role does not belong",
                "address=https://vault.example;auth=certificate;auth.file=%f | auth.file does not belong",
                "address=https://vault.example;auth=certificate;auth.credential=vars:x/a | auth.credential does not belong",
                "address=https://vault.example;auth=certificate;auth.user=%s | auth.user does not belong",
                "address=https://vault.example;auth=certificate;auth.role=%s | client-key-file is missing",
                "address=https://vault.example;auth=certificate;environment=true | client-key-file is missing",
                "address=https://vault.example;auth.role=%s | auth.role has no meaning without auth",
                "address=https://vault.example;environment=true;auth.file=%f | auth.file has no meaning without auth",
                "address=https://vault.example;auth.wrapped=true | auth.wrapped has no meaning without auth"
            })
    @DisplayName("B1 B3 B17 B18 what is wrong with the configuration names its key and echoes no value")
    void namesKeys(String keys, String key) {
        assertThat(problem(keys)).contains(key);
    }

    @Test
    @DisplayName("B2 the factory is found by its kind, and documents each of its keys")
    void isFound() {
        assertThat(new VaultSourceFactory().keys()).extracting(ConfigKey::name).contains("address", "auth", "mount.*");
        Secrets.fromConfig(config(GOOD)).close();
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource(
            delimiter = '|',
            value = {
                "auth=app-role;auth.role=r;auth.file=%f | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x/secret | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x#secret | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x/all.json#key | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x/all.json#/key | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x#/all.json/key | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.credential=vars:x/encoded?encoding=base64 | approle/login | role_id:r secret_id:%s",
                "auth=app-role;auth.role=r;auth.mount=other/place | other/place/login | role_id:r",
                "auth=kubernetes;auth.role=r;auth.file=%f | kubernetes/login | jwt:%s role:r",
                "auth=jwt;auth.role=r;auth.file=%f | jwt/login | jwt:%s role:r",
                "auth=userpass;auth.user=u;auth.file=%f | userpass/login/u | password:%s",
                "auth=ldap;auth.user=u v;auth.file=%f | ldap/login/u%20v | password:%s",
                "auth=certificate;auth.role=r" + SHOWN + " | cert/login | name:r",
                "auth=certificate" + SHOWN + " | cert/login | ''"
            })
    @DisplayName("B20 each way to log in can be configured, and sends what it is told")
    void logsIn(String keys, String path, String fields) throws Exception {
        Files.writeString(folder.resolve("secret"), canary.value());
        Files.writeString(
                folder.resolve("all.json"), "{\"key\":\"" + canary.value() + "\",\"other\":\"no credential\"}");
        Files.writeString(
                folder.resolve("encoded"),
                Base64.getEncoder().encodeToString(canary.value().getBytes(UTF_8)));
        var routes = new Routes().secret("app", "password", "first");
        routes.on("POST auth/" + path, 200, LOGGED_IN);
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets =
                        Secrets.fromConfig(config("address=" + server.address() + ";mount.secret=kv2;" + keys))) {
            assertThat(secrets.get("vault:secret/app#password").reveal()).isEqualTo("first");
        }

        var sent = routes.asked().get(0);
        String body = fields.replace("%s", canary.value())
                .replaceAll("(\\w+):(\\S+)", "\"$1\":\"$2\"")
                .replace(' ', ',');
        assertThat(sent.path()).isEqualTo("/v1/auth/" + path);
        assertThat(Routes.body(sent)).isEqualTo("{" + body + "}");
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"vars:x/all.json#none", "vars:x/all.json#/key/deeper", "vars:x#none", "vars:x"})
    @DisplayName("B20 a credential that is not where the reference says sends nothing, least of all what is around it")
    void sendsNothingElse(String ref) throws Exception {
        Files.writeString(folder.resolve("all.json"), "{\"key\":\"" + canary.value() + "\"}");
        Files.writeString(folder.resolve("secret"), canary.value());
        var routes = new Routes().secret("app", "password", "first");
        routes.on("POST auth/approle/login", 200, LOGGED_IN);
        String keys = ";mount.secret=kv2;auth=app-role;auth.role=r;auth.credential=" + ref;
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets = Secrets.fromConfig(config("address=" + server.address() + keys))) {
            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .hasMessageContaining("the credential of the login")
                    .satisfies(thrown ->
                            assertThat(canary.findIn(thrown.getMessage())).isEmpty());
        }

        assertThat(routes.asked()).isEmpty();
    }

    @Test
    @DisplayName("B20 a token can be configured from another source, from a file, and wrapped")
    void takesTokens() throws Exception {
        Files.writeString(folder.resolve("secret"), canary.value());
        for (String keys : new String[] {
            "auth=token;auth.file=%f", "auth=token;auth.credential=vars:x/secret", "auth=token-file;auth.file=%f"
        }) {
            var routes = new Routes().anyToken().secret("app", "password", "first");
            routes.on("POST sys/wrapping/unwrap", 200, LOGGED_IN.replace("another", "unwrapped"));
            for (String wrapped : new String[] {"", ";auth.wrapped=true"}) {
                try (FakeVault server = Way.HTTP.server(routes);
                        Secrets secrets = Secrets.fromConfig(
                                config("address=" + server.address() + ";mount.secret=kv2;" + keys + wrapped))) {
                    assertThat(secrets.get("vault:secret/app#password").reveal())
                            .isEqualTo("first");
                }
                assertThat(Routes.token(routes.asked().get(routes.asked().size() - 1)))
                        .isEqualTo(wrapped.isEmpty() ? canary.value() : "unwrapped-token");
            }
        }
    }

    @Test
    @DisplayName("B17 B18 several addresses, the namespace and the kinds of mounts come from the configuration")
    void takesTheRest() {
        var routes = new Routes().on("POST auth/cert/login", 200, LOGGED_IN);
        routes.on("GET team/old/app", 200, "{\"data\":{\"password\":\"first\"}}");
        FakeVault dead = Way.HTTP.server(routes);
        dead.close();
        try (FakeVault server = Way.HTTP.server(routes)) {
            String keys = "address=" + dead.address() + " , " + server.address()
                    + "/;auth=certificate;namespace=group/;mount.team/old=KV1" + SHOWN;
            try (Secrets secrets = Secrets.fromConfig(config(keys))) {
                assertThat(secrets.get("vault:team/old/app#password").reveal()).isEqualTo("first");
            }
        }
        assertThat(routes.asked().get(1).headers()).containsEntry("X-Vault-Namespace", "group");
    }
}
