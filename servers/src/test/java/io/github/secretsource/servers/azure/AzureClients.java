package io.github.secretsource.servers.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.identity.ClientSecretCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import java.net.ProxySelector;
import java.time.Duration;

/** The real SDK, as applications build it, for {@link AzureFake}: it tries once, so that tests do not wait. */
final class AzureClients {
    static final RetryOptions ONCE = new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));

    private AzureClients() {}

    /** HTTP that trusts the fake and goes to localhost. */
    static HttpClient http(AzureFake azure) {
        return new JdkHttpClientBuilder(java.net.http.HttpClient.newBuilder()
                        .sslContext(azure.certificates().trusting()))
                .build();
    }

    /** HTTP that trusts the fake and knows it under the service's names. */
    static HttpClient namedHttp(AzureFake azure) {
        return new JdkHttpClientBuilder(java.net.http.HttpClient.newBuilder()
                        .sslContext(azure.certificates().trusting())
                        .proxy(ProxySelector.of(azure.proxy())))
                .build();
    }

    static TokenCredential secret(AzureFake azure, AzureIdentity identity) {
        return secret(azure, identity, identity.secret());
    }

    static TokenCredential secret(AzureFake azure, AzureIdentity identity, String secret) {
        return new ClientSecretCredentialBuilder()
                .httpClient(http(azure))
                .authorityHost(azure.authority().toString())
                .disableInstanceDiscovery()
                .retryOptions(ONCE)
                .tenantId(azure.tenant())
                .clientId(identity.clientId())
                .clientSecret(secret)
                .build();
    }

    static SecretClient client(AzureFake azure) {
        return client(azure.vault(), azure, azure.identity());
    }

    static SecretClient client(AzureVault vault, AzureFake azure, AzureIdentity identity) {
        return client(vault, azure, secret(azure, identity));
    }

    static SecretClient client(AzureVault vault, AzureFake azure, TokenCredential credential) {
        return builder(vault, azure, credential).retryOptions(ONCE).buildClient();
    }

    /** With the SDK's own habit of trying again. */
    static SecretClientBuilder builder(AzureVault vault, AzureFake azure, TokenCredential credential) {
        return new SecretClientBuilder()
                .vaultUrl(vault.address().toString())
                .httpClient(http(azure))
                .disableChallengeResourceVerification()
                .credential(credential);
    }
}
