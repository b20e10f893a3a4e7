package io.github.secretsource.servers.azure;

import com.azure.identity.DefaultAzureCredentialBuilder;
import com.azure.security.keyvault.secrets.SecretClientBuilder;

/** A program that reads a secret as applications do: all it knows of the fake comes from its environment. */
final class SecretReader {
    private SecretReader() {}

    public static void main(String[] args) {
        var credential = new DefaultAzureCredentialBuilder();
        if (System.getenv("AZURE_AUTHORITY_HOST") != null) {
            credential.disableInstanceDiscovery();
        }
        var client = new SecretClientBuilder()
                .vaultUrl(args[0])
                .credential(credential.build())
                .buildClient();
        System.out.println("read " + client.getSecret(args[1]).getValue());
        System.exit(0);
    }
}
