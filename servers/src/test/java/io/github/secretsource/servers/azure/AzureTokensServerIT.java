package io.github.secretsource.servers.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.exception.ClientAuthenticationException;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.identity.WorkloadIdentityCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the fake issues, checks and revokes tokens, as the real SDK sees it. */
class AzureTokensServerIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static AzureFake azure;

    private final String name = "s-" + UUID.randomUUID();

    @TempDir
    private Path folder;

    private AzureIdentity identity;

    @BeforeAll
    static void start() {
        azure = AzureFake.start();
    }

    @AfterAll
    static void close() {
        azure.close();
    }

    @BeforeEach
    void put() {
        azure.vault().put(name, "value");
        identity = azure.newIdentity(name);
        azure.vault().grant(identity);
    }

    @Test
    void aWrongClientSecretIsABareRuntimeException() {
        assertRefused(7000215, () -> read(AzureClients.secret(azure, identity, "wrong")));
    }

    @Test
    void aRotatedClientSecretEndsTheOldOneAndNoToken() {
        SecretClient client = AzureClients.client(azure.vault(), azure, identity);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        String secret = identity.secret();

        String rotated = identity.rotateSecret();

        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        assertRefused(7000215, () -> read(AzureClients.secret(azure, identity, secret)));
        assertThat(read(AzureClients.secret(azure, identity, rotated))).isEqualTo("value");
    }

    @Test
    void anUnknownApplicationOrTenantIsRefused() {
        var stranger = new AzureIdentity("stranger");
        var elsewhere = new ClientSecretCredentialBuilder()
                .httpClient(AzureClients.http(azure))
                .authorityHost(azure.authority().toString())
                .disableInstanceDiscovery()
                .retryOptions(AzureClients.ONCE)
                .tenantId(UUID.randomUUID().toString())
                .additionallyAllowedTenants("*")
                .clientId(identity.clientId())
                .clientSecret(identity.secret())
                .build();

        assertRefused(700016, () -> read(AzureClients.secret(azure, stranger)));
        assertRefused(
                90002, () -> elsewhere.getTokenSync(new TokenRequestContext().addScopes(Tokens.VAULT + "/.default")));
    }

    @Test
    void aWorkloadIsItsServiceAccount() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), azure.assertion(identity, HOUR));

        assertThat(read(workload(token))).isEqualTo("value");
        assertThat(azure.requests())
                .anyMatch(one -> one.path().startsWith("/secrets/" + name)
                        && one.identity().equals(identity.clientId()));
    }

    @Test
    void anAssertionIsCheckedWhole() throws IOException {
        String good = azure.assertion(identity, HOUR);
        String forged = good.substring(0, good.lastIndexOf('.') + 1)
                + azure.assertion(identity, HOUR.plusSeconds(1)).replaceFirst(".*\\.", "");

        assertRefused(700024, workload(azure.assertion(identity, HOUR.negated())));
        assertRefused(700213, workload(azure.assertion(azure.newIdentity("another"), HOUR)));
        assertRefused(700027, workload(forged));
        assertRefused(50027, workload("no JWT"));
    }

    @Test
    void aMissingTokenFileIsABareRuntimeException() {
        assertThatThrownBy(() -> read(workload(folder.resolve("absent")))).isExactlyInstanceOf(RuntimeException.class);
    }

    @Test
    void aRevokedTokenIsSentAgainAndANewOneWorks() {
        SecretClient client = AzureClients.client(azure.vault(), azure, identity);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");

        identity.revokeTokens();

        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ClientAuthenticationException.class);
        assertThat(azure.requests())
                .filteredOn(one -> one.path().startsWith("/secrets/" + name) && one.status() == 401)
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(read(AzureClients.secret(azure, identity))).isEqualTo("value");
    }

    @Test
    void aTokenExpiresByTheClockOfTheService() {
        SecretClient client = AzureClients.client(azure.vault(), azure, identity);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");

        azure.advance(HOUR.minusSeconds(60));
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        azure.advance(Duration.ofSeconds(60));
        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ClientAuthenticationException.class);
        assertThat(read(AzureClients.secret(azure, identity))).isEqualTo("value");
    }

    @Test
    void aTokenLivesAsLongAsItWasTold() {
        azure.tokenLifetime(Duration.ofMinutes(10));
        try {
            var token = AzureClients.secret(azure, identity)
                    .getTokenSync(new TokenRequestContext().addScopes(Tokens.VAULT + "/.default"));

            Instant now = Instant.now();
            assertThat(token.getExpiresAt().toInstant()).isBetween(now.plusSeconds(420), now.plusSeconds(600));
        } finally {
            azure.tokenLifetime(HOUR);
        }
    }

    @Test
    void aClaimsChallengeIsMetWithANewToken() {
        SecretClient client = AzureClients.client(azure.vault(), azure, identity);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        int tokens = azure.issuedTokens().size();

        identity.demandClaims();

        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        assertThat(azure.issuedTokens()).hasSize(tokens + 1);
        assertThat(azure.requests())
                .filteredOn(one -> one.path().startsWith("/secrets/" + name))
                .extracting(AzureRequest::status)
                .endsWith(200, 401, 200);
    }

    @Test
    void aTokenForAnotherResourceIsRefused() {
        TokenCredential credential = AzureClients.secret(azure, identity);
        TokenCredential elsewhere = request ->
                credential.getToken(new TokenRequestContext().addScopes("https://management.azure.com/.default"));

        assertThatThrownBy(() -> read(elsewhere)).isInstanceOf(ClientAuthenticationException.class);
        assertRefused(
                500011,
                () -> credential.getTokenSync(new TokenRequestContext().addScopes("https://unknown.example/.default")));
    }

    private TokenCredential workload(Path token) {
        return new WorkloadIdentityCredentialBuilder()
                .httpClient(AzureClients.http(azure))
                .authorityHost(azure.authority().toString())
                .disableInstanceDiscovery()
                .retryOptions(AzureClients.ONCE)
                .tenantId(azure.tenant())
                .clientId(identity.clientId())
                .tokenFilePath(token.toString())
                .build();
    }

    private ThrowingCallable workload(String assertion) throws IOException {
        Path token = Files.writeString(Files.createTempFile(folder, "token", ""), assertion);
        return () -> read(workload(token));
    }

    private String read(TokenCredential credential) {
        return AzureClients.client(azure.vault(), azure, credential)
                .getSecret(name)
                .getValue();
    }

    /** As the SDK reports what Entra refuses. */
    private static void assertRefused(int code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(RuntimeException.class)
                .hasMessageContaining("AADSTS" + code + ":");
    }
}
