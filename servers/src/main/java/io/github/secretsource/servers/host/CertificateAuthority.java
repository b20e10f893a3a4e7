package io.github.secretsource.servers.host;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;

/** Issues certificates for servers and clients, all with EC keys on P-256. Safe for concurrent use. */
public final class CertificateAuthority {
    private final AtomicLong serial = new AtomicLong(1);
    private final X500Name name;
    private final KeyPair keys;
    private final X509Certificate certificate;

    private CertificateAuthority(String name) {
        this.name = new X500Name("CN=" + name);
        this.keys = newKeys();
        this.certificate = new CertificateRequest(this, name).authority();
    }

    /**
     * Makes an authority with a key of its own, valid for a month.
     *
     * @param name its common name
     * @return the authority
     */
    public static CertificateAuthority create(String name) {
        return new CertificateAuthority(name);
    }

    /**
     * Begins a certificate, for a server and for a client alike, valid from an hour ago for a week.
     *
     * @param commonName its subject
     * @return what more it is to hold
     */
    public CertificateRequest request(String commonName) {
        return new CertificateRequest(this, commonName);
    }

    /**
     * Issues a certificate for a server on this machine: localhost and 127.0.0.1.
     *
     * @return the certificate and its key
     */
    public Identity localhost() {
        return request("localhost").host("localhost").address("127.0.0.1").issue();
    }

    /**
     * Returns the authority's own certificate.
     *
     * @return what clients trust
     */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Returns the authority's own certificate.
     *
     * @return what a file with trusted certificates holds
     */
    public String pem() {
        return Identity.pem("CERTIFICATE", Identity.encoded(certificate));
    }

    /**
     * Returns TLS for clients that trust this authority alone.
     *
     * @return without a client certificate
     */
    public SSLContext trusting() {
        return context(null);
    }

    /**
     * Returns TLS for clients, or for servers, that trust this authority alone and show a certificate.
     *
     * @param identity what they show
     * @return with a key
     */
    public SSLContext trusting(Identity identity) {
        return context(identity);
    }

    private SSLContext context(@Nullable Identity identity) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", certificate);
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(identity == null ? null : identity.keyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    X500Name name() {
        return name;
    }

    KeyPair keys() {
        return keys;
    }

    BigInteger nextSerial() {
        return BigInteger.valueOf(serial.getAndIncrement());
    }

    static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
