package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The environment variables of Vault's own tools, read only when asked for. Stateless. */
final class VaultEnvironment {
    /** How Vault's own tools write that it is not so. */
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "False", "FALSE");

    /** What counts for them where VAULT_CACERT is not set. */
    private static final List<String> BUNDLES = List.of("VAULT_CACERT_BYTES", "VAULT_CAPATH");

    private VaultEnvironment() {}

    /** A builder as the variables say. */
    static VaultSource.Builder builder(Map<String, String> variables) {
        if (!isSet(variables, "VAULT_ADDR")) {
            throw new IllegalArgumentException("VAULT_ADDR is not set");
        }
        VaultSource.Builder builder;
        try {
            builder = VaultSource.builder(URI.create(text(variables, "VAULT_ADDR")));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("VAULT_ADDR is no address that tokens may be sent to: https, or http"
                    + " on this machine, without a path, user or password");
        }
        return added(builder, variables);
    }

    /** A builder that has an address, and all else as the variables say. */
    static VaultSource.Builder added(VaultSource.Builder builder, Map<String, String> variables) {
        refuseUnsupported(variables);
        if (isSet(variables, "VAULT_CLIENT_CERT") != isSet(variables, "VAULT_CLIENT_KEY")) {
            throw new IllegalArgumentException("VAULT_CLIENT_CERT and VAULT_CLIENT_KEY go together");
        }
        if (isSet(variables, "VAULT_TOKEN")) {
            builder.auth(VaultAuth.token(SecretValue.of(text(variables, "VAULT_TOKEN"))));
        }
        if (isSet(variables, "VAULT_NAMESPACE")) {
            namespace(builder, text(variables, "VAULT_NAMESPACE"));
        }
        if (isSet(variables, "VAULT_CACERT")) {
            builder.authorities(Path.of(text(variables, "VAULT_CACERT")));
        }
        if (isSet(variables, "VAULT_CLIENT_CERT")) {
            builder.clientCertificate(
                    Path.of(text(variables, "VAULT_CLIENT_CERT")), Path.of(text(variables, "VAULT_CLIENT_KEY")));
        }
        return builder;
    }

    /** Whether there is a certificate for this client to show. */
    static boolean namesCertificate(Map<String, String> variables) {
        return isSet(variables, "VAULT_CLIENT_CERT");
    }

    private static void refuseUnsupported(Map<String, String> variables) {
        if (isSet(variables, "VAULT_SKIP_VERIFY") && !FALSE.contains(text(variables, "VAULT_SKIP_VERIFY"))) {
            throw new IllegalArgumentException(
                    "VAULT_SKIP_VERIFY is not supported: name the authority by VAULT_CACERT instead");
        }
        if (isSet(variables, "VAULT_TLS_SERVER_NAME")) {
            throw new IllegalArgumentException("VAULT_TLS_SERVER_NAME is not supported: name the server in VAULT_ADDR"
                    + " by a host name that its certificate holds");
        }
        for (String bundle : BUNDLES) {
            if (isSet(variables, bundle) && !isSet(variables, "VAULT_CACERT")) {
                throw new IllegalArgumentException(
                        bundle + " is not supported: put the authorities into one file and name it by VAULT_CACERT");
            }
        }
    }

    private static void namespace(VaultSource.Builder builder, String path) {
        try {
            builder.namespace(path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("VAULT_NAMESPACE is no path of a namespace");
        }
    }

    private static boolean isSet(Map<String, String> variables, String name) {
        return !text(variables, name).isBlank();
    }

    private static String text(Map<String, String> variables, String name) {
        return variables.getOrDefault(name, "");
    }
}
