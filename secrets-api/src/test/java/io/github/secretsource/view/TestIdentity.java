package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;

/** A key and a certificate of its own, fresh from keytool, in every form that they are stored in. */
final class TestIdentity {
    static final String PASSWORD = "changeit";

    private final byte[] pkcs12;
    private final X509Certificate certificate;
    private final PrivateKey key;

    private TestIdentity(byte[] pkcs12, X509Certificate certificate, PrivateKey key) {
        this.pkcs12 = pkcs12;
        this.certificate = certificate;
        this.key = key;
    }

    /** Makes one; the options of keytool say of which kind. */
    static TestIdentity make(Path folder, String name, String... options) throws Exception {
        Path file = folder.resolve(name + ".p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        var command = new java.util.ArrayList<String>(Arrays.asList(
                keytool,
                "-genkeypair",
                "-alias",
                "x",
                "-dname",
                "CN=" + name,
                "-validity",
                "30",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                file.toString()));
        command.addAll(Arrays.asList(options));
        var made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(made.getInputStream().readAllBytes(), US_ASCII);
        if (made.waitFor() != 0) {
            throw new IllegalStateException(out);
        }
        byte[] pkcs12 = Files.readAllBytes(file);
        var store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(pkcs12), PASSWORD.toCharArray());
        return new TestIdentity(pkcs12, (X509Certificate) store.getCertificate("x"), (PrivateKey)
                store.getKey("x", PASSWORD.toCharArray()));
    }

    byte[] pkcs12() {
        return pkcs12.clone();
    }

    /** A key store whose password is empty. */
    byte[] pkcs12WithoutPassword() throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("x", key, new char[0], new Certificate[] {certificate});
        var out = new java.io.ByteArrayOutputStream();
        store.store(out, new char[0]);
        return out.toByteArray();
    }

    X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    String certificatePem() {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (java.security.cert.CertificateEncodingException e) {
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
