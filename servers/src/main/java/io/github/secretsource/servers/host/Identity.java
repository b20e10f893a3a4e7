package io.github.secretsource.servers.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;

/**
 * A certificate and its key. Not safe to print: {@code toString} shows the subject alone.
 *
 * @param certificate signed by a {@link CertificateAuthority}
 * @param key the private key
 */
public record Identity(X509Certificate certificate, PrivateKey key) {

    /**
     * Returns what a file {@code tls.crt} holds.
     *
     * @return the certificate
     */
    public String certificatePem() {
        return pem("CERTIFICATE", encoded(certificate));
    }

    /**
     * Returns what a file {@code tls.key} holds.
     *
     * @return the key, as PKCS #8
     */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /**
     * Returns a store of keys.
     *
     * @param password of the store and of the key
     * @return a PKCS #12 store with this as its only entry
     */
    public KeyStore keyStore(char[] password) {
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("identity", key, password, new Certificate[] {certificate});
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    KeyManager[] keyManagers() throws GeneralSecurityException {
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keyStore(new char[0]), new char[0]);
        return factory.getKeyManagers();
    }

    @Override
    public String toString() {
        return certificate.getSubjectX500Principal().toString();
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(String type, byte[] content) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + lines + "\n-----END " + type + "-----\n";
    }
}
