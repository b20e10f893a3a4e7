package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.SecretView;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.test.Canary;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TlsIdentityTest {
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
    void readsTheFieldsOfTls() throws Exception {
        for (TestIdentity made : List.of(rsa, ec, ed25519)) {
            var identity = TlsIdentity.from(secret(made.certificatePem(), made.keyPem()));

            assertThat(identity.certificates()).containsExactly(made.certificate());
            assertThat(identity.privateKey()).isEqualTo(made.key());
            assertThat(identity.expiresAt())
                    .isEqualTo(made.certificate().getNotAfter().toInstant());
        }
    }

    @Test
    void keepsTheOrderOfTheCertificates() throws Exception {
        var identity = TlsIdentity.from(secret(ec.certificatePem() + rsa.certificatePem(), ec.keyPem()));

        assertThat(identity.certificates()).containsExactly(ec.certificate(), rsa.certificate());
    }

    @Test
    void readsOtherFields() throws Exception {
        SecretView<TlsIdentity> view = TlsIdentity.fields("cert.pem", "key.pem");
        var secret = TestSecrets.fields(Map.of("cert.pem", ec.certificatePem(), "key.pem", ec.keyPem()));

        assertThat(view.of(secret).privateKey()).isEqualTo(ec.key());
    }

    @Test
    void readsASecretThatIsBoth() throws Exception {
        String pem = ec.keyPem() + ec.certificatePem() + rsa.certificatePem();

        assertThat(TlsIdentity.from(TestSecrets.whole(pem)).privateKey()).isEqualTo(ec.key());
    }

    @Test
    @DisplayName("B36 line ends and text around the blocks make no difference")
    void readsPemWithTextAround() throws Exception {
        String certificate = "subject=CN = x\r\n" + ec.certificatePem().replace("\n", "\r\n") + "trailing";
        String key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + ec.oldKeyPem();

        assertThat(TlsIdentity.from(secret(certificate, key)).certificates()).containsExactly(ec.certificate());
    }

    @Test
    void readsAKeyStoreWithAPassword() throws Exception {
        SecretView<TlsIdentity> view = TlsIdentity.pkcs12(SecretValue.of(TestIdentity.PASSWORD));

        assertThat(view.of(TestSecrets.whole(rsa.pkcs12())).privateKey()).isEqualTo(rsa.key());
    }

    @Test
    void readsAKeyStoreWithoutAPassword() throws Exception {
        var identity = TlsIdentity.from(TestSecrets.whole(ec.pkcs12WithoutPassword()));

        assertThat(identity.certificates()).containsExactly(ec.certificate());
    }

    @Test
    void refusesAKeyStoreThatThePasswordDoesNotOpen() throws Exception {
        byte[] store = rsa.pkcs12();
        var canary = Canary.next();
        SecretView<TlsIdentity> view = TlsIdentity.pkcs12(SecretValue.of(canary.value()));

        var thrown = catchThrowable(() -> view.of(TestSecrets.whole(store)));

        assertThat(thrown)
                .isInstanceOf(SecretFormatException.class)
                .hasMessageStartingWith("mem:app is not a PKCS#12 key store that this password opens; ")
                .hasNoCause();
        assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
    }

    @Test
    void refusesBytesThatAreNoKeyStore() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(TestSecrets.whole(new byte[] {0x30, 1, 2, 3})));
    }

    @Test
    @DisplayName("B34 a missing part is named")
    void namesTheMissingPart() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(TestSecrets.fields(Map.of("tls.crt", ec.certificatePem()))))
                .withMessage("mem:app has no field 'tls.key'; fields: tls.crt");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(TestSecrets.fields(Map.of("tls.key", ec.keyPem()))))
                .withMessage("mem:app has no field 'tls.crt'; fields: tls.key");
    }

    @Test
    @DisplayName("B34 a key of another certificate is refused")
    void refusesAPairThatDoesNotBelongTogether() throws Exception {
        var other = TestIdentity.make("other", "EC");

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(secret(ec.certificatePem(), other.keyPem())))
                .withMessageStartingWith("mem:app field 'tls.key' is not the key of the first certificate; ");
    }

    @Test
    @DisplayName("B34 a key of another kind is refused")
    void refusesAKeyOfAnotherKind() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(secret(ec.certificatePem(), rsa.keyPem())))
                .withMessageStartingWith(
                        "mem:app field 'tls.key' holds a private key that is not a well-formed EC key");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(secret(rsa.certificatePem(), ec.oldKeyPem())));
    }

    @Test
    @DisplayName("B34 L7 malformed parts are named, and none of them is printed")
    void printsNothingOfAMalformedPart() throws Exception {
        var canary = Canary.next();
        String value = canary.value();
        byte[] bytes = value.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        List<Secret> malformed = List.of(
                secret(value, ec.keyPem()),
                secret(TestIdentity.pem("CERTIFICATE", bytes), ec.keyPem()),
                secret("-----BEGIN CERTIFICATE-----\n" + value + "\n-----END CERTIFICATE-----", ec.keyPem()),
                secret(ec.certificatePem(), value),
                secret(ec.certificatePem(), TestIdentity.pem("PRIVATE KEY", bytes)),
                secret(ec.certificatePem(), TestIdentity.pem("EC PRIVATE KEY", bytes)),
                secret(ec.certificatePem(), TestIdentity.pem("OPENSSH PRIVATE KEY", bytes)),
                secret(ec.certificatePem(), TestIdentity.pem("ENCRYPTED PRIVATE KEY", bytes)),
                secret(
                        ec.certificatePem(),
                        "-----BEGIN PRIVATE KEY-----\nDEK-Info: " + value + "\n-----END PRIVATE KEY-----"),
                secret(ec.certificatePem(), ec.keyPem() + TestIdentity.pem("PRIVATE KEY", bytes)));

        for (Secret secret : malformed) {
            var thrown = catchThrowable(() -> TlsIdentity.from(secret));

            assertThat(thrown)
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageMatching("(?s)mem:app field 'tls\\.(crt|key)' h.*")
                    .hasNoCause();
            assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
        }
    }

    @Test
    @DisplayName("B36 two keys are refused, since it is not said which")
    void refusesTwoKeys() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(secret(ec.certificatePem(), ec.oldKeyPem() + ec.keyPem())))
                .withMessageStartingWith("mem:app field 'tls.key' holds 2 private keys in PEM instead of one; ");
    }

    @Test
    void readsTheAuthoritiesThatTheSecretBringsAlong() {
        String authorities = ec.certificatePem() + rsa.certificatePem();

        assertThat(TlsIdentity.from(secret(authorities)).authorities())
                .containsExactly(ec.certificate(), rsa.certificate());
    }

    @Test
    void hasNoAuthoritiesWhereTheirFieldIsEmptyOrMissing() {
        assertThat(TlsIdentity.from(secret("")).authorities()).isEmpty();
        assertThat(TlsIdentity.from(secret("\n")).authorities()).isEmpty();
        assertThat(ec.viewed().authorities()).isEmpty();
        assertThat(TlsIdentity.from(TestSecrets.whole(ec.keyPem() + ec.certificatePem()))
                        .authorities())
                .isEmpty();
    }

    @Test
    @DisplayName("B34 L7 malformed authorities are named, and none of them is printed")
    void namesMalformedAuthorities() {
        var canary = Canary.next();

        var thrown = catchThrowable(() -> TlsIdentity.from(secret(canary.value())));

        assertThat(thrown)
                .isInstanceOf(SecretFormatException.class)
                .hasMessage("mem:app field 'ca.crt' holds no certificate in PEM; correct it in the store")
                .hasNoCause();
        assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
    }

    @Test
    void saysThatAnEncryptedKeyIsOne() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TlsIdentity.from(
                        secret(ec.certificatePem(), TestIdentity.pem("ENCRYPTED PRIVATE KEY", new byte[8]))))
                .withMessageContaining("holds an encrypted private key instead of a plain one");
    }

    @Test
    void makesAKeyStore() throws Exception {
        var identity = TlsIdentity.from(secret(ec.certificatePem(), ec.keyPem()));

        var store = identity.keyStore("abc".toCharArray());

        assertThat(store.getKey("identity", "abc".toCharArray())).isEqualTo(ec.key());
        assertThat(store.getCertificateChain("identity")).containsExactly(ec.certificate());
    }

    @Test
    @DisplayName("L9 it prints whom it is for and nothing of the key")
    void printsNothingOfTheKey() throws Exception {
        var identity = TlsIdentity.from(secret(ec.certificatePem(), ec.keyPem()));

        assertThat(identity.toString())
                .startsWith("TlsIdentity[CN=ec, expiresAt=")
                .endsWith(", privateKey=***]");
    }

    @Test
    void equalsTheSameIdentity() throws Exception {
        var identity = TlsIdentity.from(secret(ec.certificatePem(), ec.keyPem()));
        var same = TlsIdentity.from(TestSecrets.whole(ec.keyPem() + ec.certificatePem()));

        assertThat(identity).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(identity)
                .isNotEqualTo(TlsIdentity.from(secret(rsa.certificatePem(), rsa.keyPem())))
                .isNotEqualTo(TlsIdentity.from(secret(rsa.certificatePem())))
                .isNotEqualTo("x");
    }

    private static Secret secret(String certificates, String key) {
        return TestSecrets.fields(Map.of("tls.crt", certificates, "tls.key", key, "ca.crt", ""));
    }

    /** An identity of EC, with authorities. */
    private static Secret secret(String authorities) {
        return TestSecrets.fields(
                Map.of("tls.crt", ec.certificatePem(), "tls.key", ec.keyPem(), "ca.crt", authorities));
    }
}
