package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** The environment variables of Vault's own tools, read only when asked for. Stateless. */
final class VaultEnvironment {
    private VaultEnvironment() {}

    /** A builder as the variables say. */
    static VaultSource.Builder builder(Map<String, String> variables) {
        if (isSet(variables, "VAULT_SKIP_VERIFY") && !"false".equals(variables.get("VAULT_SKIP_VERIFY"))) {
            throw new IllegalArgumentException(
                    "VAULT_SKIP_VERIFY is not supported: name the authority by VAULT_CACERT instead");
        }
        if (!isSet(variables, "VAULT_ADDR")) {
            throw new IllegalArgumentException("VAULT_ADDR is not set");
        }
        VaultSource.Builder builder;
        try {
            builder = VaultSource.builder(URI.create(variables.get("VAULT_ADDR")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("VAULT_ADDR is no address that tokens may be sent to: https, or http"
                    + " on this machine, without a path, user or password");
        }
        if (isSet(variables, "VAULT_TOKEN")) {
            builder.auth(VaultAuth.token(SecretValue.of(variables.get("VAULT_TOKEN"))));
        }
        if (isSet(variables, "VAULT_NAMESPACE")) {
            builder.namespace(variables.get("VAULT_NAMESPACE"));
        }
        if (isSet(variables, "VAULT_CACERT")) {
            builder.authorities(Path.of(variables.get("VAULT_CACERT")));
        }
        if (isSet(variables, "VAULT_CLIENT_CERT") && isSet(variables, "VAULT_CLIENT_KEY")) {
            builder.clientCertificate(
                    Path.of(variables.get("VAULT_CLIENT_CERT")), Path.of(variables.get("VAULT_CLIENT_KEY")));
        }
        return builder;
    }

    private static boolean isSet(Map<String, String> variables, String name) {
        String value = variables.get(name);
        return value != null && !value.isBlank();
    }
}
