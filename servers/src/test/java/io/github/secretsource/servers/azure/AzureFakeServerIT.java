package io.github.secretsource.servers.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.ResourceNotFoundException;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.test.Canary;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How clients reach the fake and what it tells of their requests, with the real SDK. */
@WithServers
class AzureFakeServerIT {
    private final String name = "s-" + UUID.randomUUID();
    private final AzureFake azure;

    AzureFakeServerIT(AzureFake azure) {
        this.azure = azure;
    }

    @Test
    void servesUnderTheNamesOfTheServiceWithEveryCheckOfTheSdk() {
        azure.vault().put(name, "named");
        var http = AzureClients.namedHttp(azure);
        var credential = new ClientSecretCredentialBuilder()
                .httpClient(http)
                .tenantId(azure.tenant())
                .clientId(azure.identity().clientId())
                .clientSecret(azure.identity().secret())
                .build();
        var client = new SecretClientBuilder()
                .vaultUrl(azure.vault().namedAddress().toString())
                .httpClient(http)
                .credential(credential)
                .buildClient();

        assertThat(client.getSecret(name).getValue()).isEqualTo("named");
    }

    @Test
    void aLocalhostAddressFailsTheVerificationOfTheChallenge() {
        // The SDK remembers challenges by host and port for the life of the JVM: only a new port is asked.
        AzureVault vault = azure.newVault("unverified");
        var client = new SecretClientBuilder()
                .vaultUrl(vault.address().toString())
                .httpClient(AzureClients.http(azure))
                .credential(AzureClients.secret(azure, azure.identity()))
                .retryOptions(AzureClients.ONCE)
                .buildClient();

        assertThatThrownBy(() -> client.getSecret(name)).hasMessageContaining("challenge resource");
    }

    @Test
    void aReadIsAQuestionForTheChallengeThenOneRequestEach() {
        AzureVault vault = azure.newVault("counted");
        vault.put(name, "value");
        var client = AzureClients.client(vault, azure, azure.identity());

        client.getSecret(name);
        client.getSecret(name);

        assertThat(statuses(name)).containsExactly(401, 200, 200);
        assertThat(azure.requests())
                .filteredOn(one -> one.path().startsWith("/secrets/" + name) && one.status() == 200)
                .allSatisfy(one -> {
                    assertThat(one.server()).isEqualTo("counted");
                    assertThat(one.method()).isEqualTo("GET");
                    assertThat(one.apiVersion()).isEqualTo("2025-07-01");
                    assertThat(one.identity()).isEqualTo(azure.identity().clientId());
                });
        assertThat(azure.requests())
                .filteredOn(one -> one.server().equals(AzureFake.ENTRA))
                .isNotEmpty();
    }

    @Test
    void noValueOrTokenIsShown() {
        Canary canary = Canary.next();
        azure.vault().put(name, canary.value());

        KeyVaultSecret read = AzureClients.client(azure).getSecret(name);

        assertThat(read.getValue()).isEqualTo(canary.value());
        String shown = azure.requests() + " " + AzureSecret.of(canary.value());
        assertThat(canary.findIn(shown)).isEmpty();
        assertThat(azure.issuedTokens()).isNotEmpty().noneMatch(shown::contains);
    }

    @Test
    void aRequestWithoutAVersionOfTheApiIsRefused() {
        azure.vault().put(name, "value");
        AzureClients.client(azure).getSecret(name);
        String token = azure.issuedTokens().get(0);
        var raw = AdminClient.of(azure.vault().address(), azure.vault().tls()).with("Authorization", "Bearer " + token);

        assertThat(raw.send("GET", "/secrets/" + name).status()).isEqualTo(400);
        assertThat(raw.send("GET", "/secrets/" + name + "?api-version=1999-01-01")
                        .status())
                .isEqualTo(400);
        assertThat(raw.send("GET", "/secrets/" + name + "?api-version=7.4").status())
                .isEqualTo(200);
        assertThat(raw.send("POST", "/secrets/" + name + "/backup?api-version=7.4")
                        .status())
                .isEqualTo(501);
    }

    @Test
    void aRealVaultIsDrivenByTheSameInterface() {
        AzureVault fake = azure.vault();
        KeyVault vault = new RealKeyVault(
                fake.address(), fake.authority(), fake.tenant(), fake.clientId(), fake.clientSecret(), fake.tls());
        var client = AzureClients.client(azure);

        String version = vault.put(name, "value");

        assertThat(client.getSecret(name, version).getValue()).isEqualTo("value");
        vault.delete(name);
        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ResourceNotFoundException.class);
    }

    private List<Integer> statuses(String secret) {
        return azure.requests().stream()
                .filter(one -> one.path().startsWith("/secrets/" + secret))
                .map(AzureRequest::status)
                .toList();
    }
}
