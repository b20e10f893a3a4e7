package io.github.secretsource.servers.azure;

import java.net.URI;
import javax.net.ssl.SSLContext;

/** A vault that a test can fill, and how a client gets in: of {@link AzureFake}, or {@link RealKeyVault}. */
public interface KeyVault {

    /**
     * Returns the address for a client.
     *
     * @return scheme, host and port
     */
    URI address();

    /**
     * Returns where the client gets its tokens.
     *
     * @return scheme, host and port of Entra
     */
    URI authority();

    /**
     * Returns the tenant of the client.
     *
     * @return its id
     */
    String tenant();

    /**
     * Returns the client's id.
     *
     * @return of an application that may read and write the vault
     */
    String clientId();

    /**
     * Returns the client's secret.
     *
     * @return the one that is valid now
     */
    String clientSecret();

    /**
     * Returns whom the client trusts.
     *
     * @return TLS for the vault and for Entra
     */
    SSLContext tls();

    /**
     * Adds a version, which is the latest when this returns.
     *
     * @param name of a secret, new or not, but not of a deleted one
     * @param value its value
     * @return the id of the version
     */
    String put(String name, String value);

    /**
     * Deletes a secret softly: its name cannot be used again.
     *
     * @param name of a secret
     */
    void delete(String name);
}
