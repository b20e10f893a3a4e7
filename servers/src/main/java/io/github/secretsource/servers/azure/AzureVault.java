package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.secretsource.servers.host.Identity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * One vault of {@link AzureFake}, from behind: nothing here needs a token or counts as a request. Where the service
 * would refuse, an {@link IllegalArgumentException} says so. Safe for concurrent use.
 */
public final class AzureVault implements KeyVault {
    private final AzureFake azure;
    private final String name;
    private final SecretStore store;
    private final Grants grants;
    private final AzureEndpoint endpoint;

    AzureVault(AzureFake azure, String name, SecretStore store, Grants grants, AzureEndpoint endpoint) {
        this.azure = azure;
        this.name = name;
        this.store = store;
        this.grants = grants;
        this.endpoint = endpoint;
    }

    /**
     * Returns what it is called in the log of requests and in its address.
     *
     * @return the first part of its host name
     */
    public String name() {
        return name;
    }

    /** Returns the address without a name service; the SDK must not verify the challenge's resource then. */
    @Override
    public URI address() {
        return endpoint.uri();
    }

    /**
     * Returns the address as in the service, for a client that goes through {@link AzureFake#proxy}.
     *
     * @return {@code https://NAME.vault.azure.net}
     */
    public URI namedAddress() {
        return URI.create("https://" + host(name));
    }

    /**
     * Returns its port, to stop it, to pause it, or to stand before it.
     *
     * @return the endpoint of this vault alone
     */
    public AzureEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public URI authority() {
        return azure.authority();
    }

    @Override
    public String tenant() {
        return azure.tenant();
    }

    @Override
    public String clientId() {
        return azure.identity().clientId();
    }

    @Override
    public String clientSecret() {
        return azure.identity().secret();
    }

    @Override
    public SSLContext tls() {
        return azure.certificates().trusting();
    }

    @Override
    public String put(String secret, String value) {
        return put(secret, AzureSecret.of(value));
    }

    /**
     * Adds a version, which is the latest when this returns.
     *
     * @param secret its name
     * @param content what it holds
     * @return the id of the version
     */
    public String put(String secret, AzureSecret content) {
        return put(secret, content, false);
    }

    /**
     * Adds what the service makes of a certificate with an exportable key in PKCS #12: Base64, without a password.
     *
     * @param secret name of the certificate
     * @param certificate what it holds
     * @return the id of the version
     */
    public String putPfx(String secret, Identity certificate) {
        var bytes = new ByteArrayOutputStream();
        try {
            certificate.keyStore(new char[0]).store(bytes, new char[0]);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
        String value = new String(Base64.getEncoder().encode(bytes.toByteArray()), US_ASCII);
        return put(secret, AzureSecret.of(value).withContentType("application/x-pkcs12"), true);
    }

    /**
     * Adds what the service makes of a certificate with an exportable key in PEM: the key, then the certificate.
     *
     * @param secret name of the certificate
     * @param certificate what it holds
     * @return the id of the version
     */
    public String putPem(String secret, Identity certificate) {
        String value = certificate.keyPem() + certificate.certificatePem();
        return put(secret, AzureSecret.of(value).withContentType("application/x-pem-file"), true);
    }

    /**
     * Changes the latest version in place, such as {@code change("db", AzureSecret::disable)}.
     *
     * @param secret its name
     * @param change what becomes of it
     */
    public void change(String secret, UnaryOperator<AzureSecret> change) {
        told(() -> store.change(secret, "", change));
    }

    @Override
    public void delete(String secret) {
        told(() -> store.delete(secret));
    }

    /**
     * Brings back what was deleted.
     *
     * @param secret its name
     */
    public void recover(String secret) {
        told(() -> store.recover(secret));
    }

    /**
     * Forgets what was deleted; the name can be used again.
     *
     * @param secret its name
     */
    public void purge(String secret) {
        told(() -> store.purge(secret));
    }

    /**
     * Lets an identity read and list all secrets, as the role Key Vault Secrets User does.
     *
     * @param identity who
     */
    public void grant(AzureIdentity identity) {
        grants.grant(identity, "");
    }

    /**
     * Lets an identity read one secret, as that role on the secret does: it cannot list the vault.
     *
     * @param identity who
     * @param secret its name, there or not
     */
    public void grant(AzureIdentity identity, String secret) {
        grants.grant(identity, secret);
    }

    /**
     * Denies an identity the vault, whatever was granted.
     *
     * @param identity who
     */
    public void deny(AzureIdentity identity) {
        grants.deny(identity, "");
    }

    /**
     * Denies an identity one secret, whatever was granted.
     *
     * @param identity who
     * @param secret its name
     */
    public void deny(AzureIdentity identity, String secret) {
        grants.deny(identity, secret);
    }

    /**
     * Ends a denial of the vault.
     *
     * @param identity who
     */
    public void allow(AzureIdentity identity) {
        grants.allow(identity, "");
    }

    /**
     * Ends a denial of one secret.
     *
     * @param identity who
     * @param secret its name
     */
    public void allow(AzureIdentity identity, String secret) {
        grants.allow(identity, secret);
    }

    static String host(String vault) {
        return vault + ".vault.azure.net";
    }

    private String put(String secret, AzureSecret content, boolean managed) {
        if (!VaultService.NAME.matcher(secret).matches()) {
            throw new IllegalArgumentException("the service has no such names: " + secret);
        }
        try {
            return store.put(secret, content, managed).latest().id();
        } catch (Refusal e) {
            throw refused(e);
        }
    }

    private static void told(Runnable change) {
        try {
            change.run();
        } catch (Refusal e) {
            throw refused(e);
        }
    }

    private static IllegalArgumentException refused(Refusal refusal) {
        return new IllegalArgumentException(
                "the service refuses that: " + refusal.answer().body());
    }
}
