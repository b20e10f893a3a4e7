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
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
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
 * <p><b>Trust.</b> The identity says who one is, not whom one believes: the contexts made here trust the authorities of
 * the JDK. Where the secret brings its own in {@code ca.crt}, as secrets of cert-manager do, a context of
 * {@link #followingWithTrust} trusts these and nobody else, and follows them too.
 *
 * <p><b>Resumed sessions.</b> A handshake that resumes a session shows no certificate: to each side the other one stays
 * who it was when the session began. How long a session is resumed, the client decides. A client of a context made here
 * resumes for one second, so that servers see its new certificate no later than that; the JDK's own default is a day,
 * and {@code getClientSessionContext().setSessionTimeout(seconds)} changes it. To other clients of a server the old
 * certificate stays in sight while they resume, unless its JDK begins a new session where its own certificate has
 * changed (25 does, 17 does not), or it keeps the sessions itself
 * ({@code -Djdk.tls.server.enableSessionTicketExtension=false}) and no longer than
 * {@code getServerSessionContext().setSessionTimeout(seconds)} says.
 *
 * <p>Safe for concurrent use. The content never changes. Two are equal if their certificates, keys and authorities are.
 * It prints whom the first certificate is for and when it ends, nothing of the key.
 */
public final class TlsIdentity {
    private static final String CERTIFICATES = "tls.crt";
    private static final String KEY = "tls.key";
    private static final String AUTHORITIES = "ca.crt";
    private static final int SECONDS_RESUMED = 1;
    private static final String ALIAS = "identity";

    private final List<X509Certificate> certificates;
    private final PrivateKey privateKey;
    private final List<X509Certificate> authorities;

    TlsIdentity(List<X509Certificate> certificates, PrivateKey privateKey, List<X509Certificate> authorities) {
        this.certificates = certificates;
        this.privateKey = privateKey;
        this.authorities = authorities;
    }

    /**
     * Returns the identity in the fields {@code tls.crt} and {@code tls.key}: the layout of a Kubernetes secret of type
     * {@code kubernetes.io/tls}. A secret of one value may be a PEM text with both, or a PKCS#12 key store without a
     * password, as Azure Key Vault keeps it: {@code azure-kv:web?encoding=base64}.
     *
     * <p>The key is RSA, EC or Ed25519, unencrypted, as PKCS#8 ({@code PRIVATE KEY}), PKCS#1 ({@code RSA PRIVATE KEY}) or
     * SEC 1 ({@code EC PRIVATE KEY}). The certificate of the key comes first, then that of its issuer, and so on. Whether
     * the certificates are valid, today or at all, is for the other side to decide. If there is a field {@code ca.crt}
     * that is not empty, its certificates are the {@link #authorities}.
     *
     * @param secret a secret with these fields, or of one value that holds both
     * @return the identity
     * @throws SecretFormatException if a part is missing or malformed, or if the key is not that of the first
     *     certificate, as when one of two files was replaced
     */
    public static TlsIdentity from(Secret secret) {
        return IdentityReader.read(secret, CERTIFICATES, KEY, AUTHORITIES);
    }

    /**
     * Returns the identity in two texts of PEM, without authorities.
     *
     * @param certificates the certificate of the key first, then its issuers
     * @param key the private key, in one of the forms that {@link #from} reads
     * @return the identity
     * @throws IllegalArgumentException if one of the two is malformed, or if they do not belong together; the message
     *     quotes neither
     */
    public static TlsIdentity of(SecretValue certificates, SecretValue key) {
        return IdentityReader.read(certificates, key);
    }

    /**
     * Returns a view of an identity in two other fields, without authorities.
     *
     * @param certificates the field with the certificates in PEM: a literal name, or a JSON pointer
     * @param key the field with the private key in PEM, named likewise
     * @return a view, safe for concurrent use, that fails as {@link #from} does
     */
    public static SecretView<TlsIdentity> fields(String certificates, String key) {
        Objects.requireNonNull(certificates, "certificates");
        Objects.requireNonNull(key, "key");
        return secret -> IdentityReader.read(secret, certificates, key, null);
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
     *     the password does not open it, or if it does not hold exactly one key with its certificates; the JDK does not
     *     see keys that such a store keeps unencrypted
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
     * Returns the certificates of the authorities that the secret brings along, for trusting the other side.
     *
     * @return what is in {@code ca.crt}; empty if the secret has none, unmodifiable
     */
    public List<X509Certificate> authorities() {
        return authorities;
    }

    /**
     * Returns when the first of the certificates expires.
     *
     * @return the earliest end of all {@link #certificates}, on the wall clock
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
     * Returns a context whose every new session uses what the handle holds then. Connections that are open stay open.
     *
     * @param live the handle; stays the caller's to close, after which handshakes fail
     * @return a new context, which trusts whom the JDK trusts and, as a client, resumes sessions for one second; for
     *     other trust, and for other protocols, make one of {@link #keyManager}
     */
    public static SSLContext following(LiveSecret<TlsIdentity> live) {
        return context(live, null);
    }

    /**
     * Returns a context as {@link #following} does, which trusts the {@link #authorities} that the handle holds at each
     * new session, and nobody else: not those of the JDK. Where the secret has none, every handshake that should check
     * the other side fails.
     *
     * @param live the handle; stays the caller's to close, after which handshakes fail
     * @return a new context; a server asks for certificates only if told to, with {@code setNeedClientAuth(true)}
     */
    public static SSLContext followingWithTrust(LiveSecret<TlsIdentity> live) {
        return context(live, trustManager(live));
    }

    private static SSLContext context(LiveSecret<TlsIdentity> live, @Nullable TrustManager trust) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {keyManager(live)}, trust == null ? null : new TrustManager[] {trust}, null);
            context.getClientSessionContext().setSessionTimeout(SECONDS_RESUMED);
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

    /**
     * Returns a trust manager that reads the {@link #authorities} of the handle at each handshake.
     *
     * @param live the handle; stays the caller's to close
     * @return a trust manager, safe for concurrent use, for servers and for clients, which trusts nobody where the
     *     secret has no authorities
     */
    public static X509ExtendedTrustManager trustManager(LiveSecret<TlsIdentity> live) {
        return new FollowingTrustManager(live::get);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TlsIdentity that
                && certificates.equals(that.certificates)
                && privateKey.equals(that.privateKey)
                && authorities.equals(that.authorities);
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
