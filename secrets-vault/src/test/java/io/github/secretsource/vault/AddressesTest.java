package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressesTest {

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "jar:https://vault.example/a.jar!/b",
                "ftp://vault.example",
                "vault.example:8200",
                "//vault.example",
                "https:vault.example",
                "unix:/run/vault.sock",
                "https://user:passw0rd@vault.example",
                "https://passw0rd@vault.example:8200",
                "https://vault.example/v1",
                "https://vault.example//",
                "https://vault.example?passw0rd=1",
                "https://vault.example#passw0rd",
                "https:///",
                "https://vault_example",
                "http://vault.example:8200",
                "http://169.254.169.254",
                "http://10.0.0.1",
                "http://0.0.0.0",
                "http://2852039166",
                "http://3232235521",
                "http://[fd00::1]",
                "http://[::ffff:10.0.0.1]",
                "http://localhost.evil.example",
                "http://127.0.0.1.evil.example",
                "http://localhost@evil.example",
                "http://notlocalhost"
            })
    @DisplayName(
            "B18 no token is sent to an address that is not https, or names more than a server; the text is not echoed")
    void refuses(String address) {
        assertThatThrownBy(() -> VaultSource.builder(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address must ")
                .hasMessageNotContaining("passw0rd")
                .hasMessageNotContaining("evil");
    }

    @ParameterizedTest(name = "{displayName} [{0}]")
    @ValueSource(
            strings = {
                "https://vault.example",
                "https://vault.example:8200/",
                "HTTPS://Vault.Example:8200",
                "https://10.0.0.1:8200",
                "https://[fd00::1]:8200",
                "http://localhost:8200",
                "http://LOCALHOST:8200",
                "http://127.0.0.1:8200",
                "http://127.1.2.3",
                "http://[::1]:8200"
            })
    @DisplayName("B18 https anywhere and plain http on this machine are fine")
    void accepts(String address) {
        assertThat(Addresses.checked(URI.create(address)).toString()).doesNotEndWith("/");
    }

    @Test
    @DisplayName("B18 the port that is not written is that of the scheme")
    void knowsPorts() {
        assertThat(Addresses.port(URI.create("https://vault.example"))).isEqualTo(443);
        assertThat(Addresses.port(URI.create("http://localhost"))).isEqualTo(80);
        assertThat(Addresses.port(URI.create("https://vault.example:8200"))).isEqualTo(8200);
    }
}
