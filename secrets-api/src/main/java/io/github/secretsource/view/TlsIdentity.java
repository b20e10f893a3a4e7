package io.github.secretsource.view;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.SecretView;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * What a server, or a client with a certificate, proves who it is with: a chain of certificates and the private key of
 * the first one, of one version of a secret.
 *
 * <pre>{@code
 * LiveSecret<TlsIdentity> tls = secrets.live("file:tls", TlsIdentity::from);
 * SSLContext context = TlsIdentity.following(tls);   // a rotated certificate is used from the next handshake on
 * }</pre>
 *
 * <p>Safe for concurrent use. The content never changes. Two are equal if their certificates and keys are. It prints
 * whom the first certificate is for and when it ends, nothing of the key.
 */
public final class TlsIdentity {
    private static final String CERTIFICATES = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String ALIAS = "identity";

    private final List<X509Certificate> certificates;
    private final PrivateKey privateKey;

    TlsIdentity(List<X509Certificate> certificates, PrivateKey privateKey) {
        this.certificates = certificates;
        this.privateKey = privateKey;
    }

    /**
     * Returns the identity in the fields {@code tls.crt} and {@code tls.key}: the layout of a Kubernetes secret of type
     * {@code kubernetes.io/tls}. A secret of one value may be a PEM text with both, or a PKCS#12 key store without a
     * password, as Azure Key Vault keeps it: {@code azure-kv:web?encoding=base64}.
     *
     * <p>The key is RSA, EC or Ed25519, unencrypted, as PKCS#8 ({@code PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY}) or
     * SEC 1 ({@code EC PRIVATE KEY}). The certificate of the key comes first, then that of its issuer, and so on. Whether
     * the certificates are valid, today or at all, is for the other side to decide.
     *
     * @param secret a secret with these fields, or of one value that holds both
     * @return the identity
     * @throws SecretFormatException if a part is missing or malformed, or if the key is not that of the first
     *     certificate, as when one of two files was replaced
     */
    public static TlsIdentity from(Secret secret) {
        return IdentityReader.read(secret, CERTIFICATES, KEY);
    }

    /**
     * Returns a view of an identity in two other fields.
     *
     * @param certificates the field with the certificates in PEM: a literal name, or a JSON pointer
     * @param key the field with the private key in PEM, named likewise
     * @return a view, safe for concurrent use, that fails as {@link #from} does
     */
    public static SecretView<TlsIdentity> fields(String certificates, String key) {
        Objects.requireNonNull(certificates, "certificates");
        Objects.requireNonNull(key, "key");
        return secret -> IdentityReader.read(secret, certificates, key);
    }

    /**
     * Returns a view of an identity in a PKCS#12 key store (PFX) with a password.
     *
     * <pre>{@code
     * secrets.live("file:tls#keystore.p12", TlsIdentity.pkcs12(secrets.get("file:tls-password")));
     * }</pre>
     *
     * @param password the password of the key store and of its key
     * @return a view of a secret of one value, safe for concurrent use; it fails if that value is no such key store, if
     *     the password does not open it, or if it does not hold exactly one key with its certificates
     */
    public static SecretView<TlsIdentity> pkcs12(SecretValue password) {
        Objects.requireNonNull(password, "password");
        return secret -> IdentityReader.readPkcs12(secret, password);
    }

    /**
     * Returns the certificates.
     *
     * @return the one of the key first, then its issuers; at least one, unmodifiable
     */
    public List<X509Certificate> certificates() {
        return certificates;
    }

    /**
     * Returns the private key of the first certificate.
     *
     * @return the key; handle it with care, since it shows itself through {@link PrivateKey#getEncoded}
     */
    public PrivateKey privateKey() {
        return privateKey;
    }

    /**
     * Returns when the first of the certificates expires.
     *
     * @return the earliest end of all of them, on the wall clock
     */
    public Instant expiresAt() {
        return certificates.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /**
     * Returns a new key store in memory with this identity in it, for libraries that want one.
     *
     * @param password what protects the key in it; copied
     * @return a key store of type PKCS12 with one entry, {@code identity}
     */
    public KeyStore keyStore(char[] password) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(ALIAS, privateKey, password, certificates.toArray(Certificate[]::new));
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK cannot make a key store in memory", e);
        }
    }

    /**
     * Returns a context that proves who it is with this identity, and goes on doing so after a rotation.
     *
     * @return a new context, which trusts whom the JDK trusts
     */
    public SSLContext sslContext() {
        return following(LiveSecret.constant(this));
    }

    /**
     * Returns a context whose every handshake uses what the handle holds then. Connections that are open stay open.
     *
     * @param live the handle; stays the caller's to close, after which handshakes fail
     * @return a new context, which trusts whom the JDK trusts; for other trust, and for other protocols, make one of
     *     {@link #keyManager}
     */
    public static SSLContext following(LiveSecret<TlsIdentity> live) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keyManager(live)}, null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    /**
     * Returns a key manager that reads the handle at each handshake. One handshake uses one identity, also if the secret
     * rotates meanwhile. A handle that refuses, because its secret is withdrawn, makes the handshake fail.
     *
     * @param live the handle; stays the caller's to close
     * @return a key manager, safe for concurrent use, for servers and for clients
     */
    public static X509ExtendedKeyManager keyManager(LiveSecret<TlsIdentity> live) {
        return new FollowingKeyManager(live::get);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsIdentity that
                && certificates.equals(that.certificates)
                && privateKey.equals(that.privateKey);
    }

    /** Of the certificates, which are public. */
    @Override
    public int hashCode() {
        return certificates.hashCode();
    }

    @Override
    public String toString() {
        X509Certificate first = certificates.get(0);
        String subject = first.getSubjectX500Principal().getName();
        return "TlsIdentity[" + Parts.shown(subject) + ", expiresAt=" + expiresAt() + ", privateKey=***]";
    }
}
