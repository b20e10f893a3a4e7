package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.TestSecrets;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The formats that certificate tools write keys in, besides that of the JDK. */
class PrivateKeysTest {
    private static TestIdentity rsa;
    private static TestIdentity ec;
    private static TestIdentity ed25519;

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = TestIdentity.make("rsa", "RSA");
        ec = TestIdentity.make("ec", "EC");
        ed25519 = TestIdentity.make("ed", "Ed25519");
    }

    @Test
    void readsThePrivateKeysOfOlderFormats() throws Exception {
        for (TestIdentity made : List.of(rsa, ec)) {
            var identity = read(made.certificatePem(), made.oldKeyPem());

            assertThat(identity.privateKey().getEncoded()).isNotNull();
            assertThat(PrivateKeys.belongTogether(made.certificate().getPublicKey(), identity.privateKey()))
                    .isTrue();
        }
    }

    @Test
    void readsAnEcKeyThatStatesItsCurveAndItsPublicHalf() throws Exception {
        byte[] publicKey = ec.certificate().getPublicKey().getEncoded();
        byte[] point = Arrays.copyOfRange(publicKey, publicKey.length - 65, publicKey.length);
        byte[] scalar = new byte[32];
        byte[] number = ((ECPrivateKey) ec.key()).getS().toByteArray();
        int length = Math.min(32, number.length);
        System.arraycopy(number, number.length - length, scalar, 32 - length, length);
        byte[] sec1 = TestCertificates.sequence(
                new byte[] {2, 1, 1},
                TestCertificates.der(0x04, scalar),
                TestCertificates.der(0xA0, HexFormat.of().parseHex("06082a8648ce3d030107")),
                TestCertificates.der(0xA1, TestCertificates.der(0x03, new byte[] {0}, point)));

        var identity = read(ec.certificatePem(), TestIdentity.pem("EC PRIVATE KEY", sec1));

        assertThat(((ECPrivateKey) identity.privateKey()).getS()).isEqualTo(((ECPrivateKey) ec.key()).getS());
    }

    @Test
    void readsAnEd25519KeyThatStatesItsPublicHalf() throws Exception {
        byte[] publicKey = ed25519.certificate().getPublicKey().getEncoded();
        byte[] half = Arrays.copyOfRange(publicKey, publicKey.length - 32, publicKey.length);
        byte[] pkcs8 = ed25519.key().getEncoded();
        byte[] second = TestCertificates.sequence(
                new byte[] {2, 1, 1},
                Arrays.copyOfRange(pkcs8, 5, pkcs8.length),
                TestCertificates.der(0x81, new byte[] {0}, half));

        var identity = read(ed25519.certificatePem(), TestIdentity.pem("PRIVATE KEY", second));

        assertThat(identity.certificates()).containsExactly(ed25519.certificate());
    }

    private static TlsIdentity read(String certificates, String key) {
        return TlsIdentity.from(TestSecrets.fields(Map.of("tls.crt", certificates, "tls.key", key)));
    }
}
