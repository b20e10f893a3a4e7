package io.github.secretsource.view;

import io.github.secretsource.TestSecrets;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/** A fresh key and its certificate, in every form that they are stored in. */
final class TestIdentity {
    static final String PASSWORD = "changeit";

    private final String name;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private TestIdentity(String name, X509Certificate certificate, PrivateKey key) {
        this.name = name;
        this.certificate = certificate;
        this.key = key;
    }

    /** Makes one that signed itself, with a key of RSA, EC or Ed25519. */
    static TestIdentity make(String name, String algorithm) throws Exception {
        KeyPair pair = pair(algorithm);
        var certificate = TestCertificates.make(name, pair.getPrivate(), name, pair.getPublic(), 1, true);
        return new TestIdentity(name, certificate, pair.getPrivate());
    }

    /** Makes one of EC, signed by this one. */
    TestIdentity issue(String subject, long serial) throws Exception {
        KeyPair pair = pair("EC");
        var issued = TestCertificates.make(name, key, subject, pair.getPublic(), serial, false);
        return new TestIdentity(subject, issued, pair.getPrivate());
    }

    private static KeyPair pair(String algorithm) throws Exception {
        var generator = KeyPairGenerator.getInstance(algorithm);
        if (!algorithm.equals("Ed25519")) {
            generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
        }
        return generator.generateKeyPair();
    }

    byte[] pkcs12() throws Exception {
        return pkcs12(PASSWORD);
    }

    /** A key store whose password is empty. */
    byte[] pkcs12WithoutPassword() throws Exception {
        return pkcs12("");
    }

    private byte[] pkcs12(String password) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("x", key, password.toCharArray(), new Certificate[] {certificate});
        var out = new ByteArrayOutputStream();
        store.store(out, password.toCharArray());
        return out.toByteArray();
    }

    X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    /** What the view makes of the fields with it. */
    TlsIdentity viewed() {
        return TlsIdentity.from(TestSecrets.fields(fields()));
    }

    /** The fields that a Kubernetes secret has it in. */
    Map<String, String> fields() {
        return Map.of("tls.crt", certificatePem(), "tls.key", keyPem());
    }

    String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** The key as OpenSSL wrote it before PKCS#8: what the last element of PKCS#8 holds. */
    String oldKeyPem() {
        byte[] pkcs8 = key.getEncoded();
        // SEQUENCE { version, algorithm SEQUENCE, OCTET STRING }
        int algorithm = afterHeader(pkcs8, 0) + 3;
        int octets = afterHeader(pkcs8, algorithm) + length(pkcs8, algorithm);
        int from = afterHeader(pkcs8, octets);
        byte[] inner = Arrays.copyOfRange(pkcs8, from, from + length(pkcs8, octets));
        return pem(key.getAlgorithm() + " PRIVATE KEY", inner);
    }

    static String pem(String label, byte[] content) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }

    private static int afterHeader(byte[] der, int element) {
        int first = der[element + 1] & 0xFF;
        return element + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    private static int length(byte[] der, int element) {
        int first = der[element + 1] & 0xFF;
        int length = first < 0x80 ? first : 0;
        for (int at = element + 2; at < afterHeader(der, element); at++) {
            length = (length << 8) | (der[at] & 0xFF);
        }
        return length;
    }
}
