package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.Canary;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class VaultEnvironmentTest {
    private final Canary canary = Canary.next();

    private Map<String, String> variables(String text) {
        var variables = new HashMap<String, String>();
        for (String one : text.split(";", -1)) {
            String[] parts = one.split("=", 2);
            variables.put(parts[0], parts[1].replace("%s", canary.value()));
        }
        return variables;
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @CsvSource(
            delimiter = '|',
            value = {
                "VAULT_TOKEN=%s | VAULT_ADDR",
                "VAULT_ADDR=  ;VAULT_TOKEN=%s | VAULT_ADDR",
                "VAULT_ADDR=https://me:%s@vault.example | VAULT_ADDR",
                "VAULT_ADDR=not a uri %s | VAULT_ADDR",
                "VAULT_ADDR=http://vault.example/%s | VAULT_ADDR",
                "VAULT_ADDR=unix:///run/%s.sock | VAULT_ADDR",
                "VAULT_ADDR=https://vault.example;VAULT_SKIP_VERIFY=true | VAULT_SKIP_VERIFY",
                "VAULT_ADDR=https://vault.example;VAULT_SKIP_VERIFY=1 | VAULT_SKIP_VERIFY",
                "VAULT_ADDR=https://vault.example;VAULT_SKIP_VERIFY=T | VAULT_SKIP_VERIFY",
                "VAULT_ADDR=https://vault.example;VAULT_SKIP_VERIFY=%s | VAULT_SKIP_VERIFY",
                "VAULT_ADDR=https://vault.example;VAULT_CAPATH=/%s | VAULT_CAPATH",
                "VAULT_ADDR=https://vault.example;VAULT_CACERT_BYTES=%s | VAULT_CACERT_BYTES",
                "VAULT_ADDR=https://vault.example;VAULT_CACERT=/ca.pem;VAULT_TLS_SERVER_NAME=%s | VAULT_TLS_SERVER_NAME",
                "VAULT_ADDR=https://vault.example;VAULT_CLIENT_CERT=/c.pem | VAULT_CLIENT_KEY",
                "VAULT_ADDR=https://vault.example;VAULT_CLIENT_KEY=/c.key | VAULT_CLIENT_CERT",
                "VAULT_ADDR=https://vault.example;VAULT_NAMESPACE=../%s | VAULT_NAMESPACE"
            })
    @DisplayName("B17 B18 a variable that cannot be used is named, and not echoed")
    void namesVariables(String text, String name) {
        assertThatThrownBy(() -> VaultEnvironment.builder(variables(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .satisfies(
                        thrown -> assertThat(canary.findIn(thrown.getMessage())).isEmpty());
    }

    @Test
    @DisplayName("B20 address, token and namespace are taken from the variables when asked for")
    void takesVariables() {
        var routes = new Routes().anyToken().secret("app", "password", "first");
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                VaultEnvironment.builder(variables("VAULT_ADDR=" + server.address()
                                                + "/;VAULT_TOKEN=%s;VAULT_NAMESPACE=team/;VAULT_SKIP_VERIFY=false"))
                                        .mount("secret", VaultMount.KV2)
                                        .build())
                        .build()) {
            assertThat(secrets.get("vault:secret/app#password").reveal()).isEqualTo("first");
        }
        assertThat(routes.asked()).allSatisfy(asked -> {
            assertThat(Routes.token(asked)).isEqualTo(canary.value());
            assertThat(asked.headers()).containsEntry("X-Vault-Namespace", "team");
        });
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(strings = {"", " ", "0", "f", "F", "false", "False", "FALSE"})
    @DisplayName("B18 certificates are checked however a variable says so")
    void takesFalse(String text) {
        var builder = VaultEnvironment.builder(variables("VAULT_ADDR=https://vault.example;VAULT_SKIP_VERIFY=" + text));

        assertThat(builder).isNotNull();
    }

    @Test
    @DisplayName(
            "B20 as for Vault's own tools, a folder or text of authorities counts for nothing beside a file of them")
    void prefersFile() {
        var builder = VaultEnvironment.builder(variables(
                "VAULT_ADDR=https://vault.example;VAULT_CACERT=/ca.pem;VAULT_CAPATH=/c;VAULT_CACERT_BYTES=pem"));

        assertThat(builder).isNotNull();
    }

    @Test
    @DisplayName("B20 what is set in code or configuration wins over the variables")
    void isOverruled() {
        var routes = new Routes().anyToken().secret("app", "password", "first");
        try (FakeVault server = Way.HTTP.server(routes);
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                VaultEnvironment.added(
                                                VaultSource.builder(server.address()),
                                                variables("VAULT_ADDR=https://vault.invalid;VAULT_TOKEN=%s"))
                                        .auth(VaultAuth.token(SecretValue.of("mine")))
                                        .mount("secret", VaultMount.KV2)
                                        .build())
                        .build()) {
            assertThat(secrets.get("vault:secret/app#password").reveal()).isEqualTo("first");
        }
        assertThat(routes.asked())
                .allSatisfy(asked -> assertThat(Routes.token(asked)).isEqualTo("mine"));
    }

    @Test
    @DisplayName("B21 a token with a line break within it in its variable is refused without a word of it")
    void refusesLineBreaks() {
        try (FakeVault server = Way.HTTP.server(new Routes());
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                VaultEnvironment.builder(
                                                variables("VAULT_ADDR=" + server.address() + ";VAULT_TOKEN=a\n%s"))
                                        .build())
                        .build()) {
            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .hasMessageContaining("control character")
                    .satisfies(thrown ->
                            assertThat(canary.findIn(thrown.toString())).isEmpty());
        }
    }
}
