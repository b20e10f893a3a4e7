package io.github.secretsource.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralSecretTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "token",
                "secret",
                "secret-id",
                "api-key",
                "apikey",
                "apiKey",
                "private-key",
                "credential",
                "client-secret",
                "CLIENT_SECRET",
                "secret-access-key",
                "db.password",
                "truststore.passphrase"
            })
    void aKeyThatSaysSecretHoldsOneWhateverItsText(String name) {
        assertThat(LiteralSecret.reason(name, "changeme", false)).contains("its key says so");
        assertThat(LiteralSecret.reason(name, "https://elsewhere", true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "token-file",
                "password-path",
                "secret-name",
                "token-url",
                "token-ttl",
                "key",
                "role",
                "credential-source",
                "secretary",
                "prefix.*",
                "sources",
                "namespace"
            })
    void aKeyThatSaysWhereOrHowHoldsNone(String name) {
        assertThat(LiteralSecret.reason(name, "changeme", false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/vault/secrets/token", "./token", "../run/token", "C:\\run\\token", "${TOKEN}", "true"})
    void aPathAPlaceholderOrAFlagIsNoSecretEvenThere(String text) {
        assertThat(LiteralSecret.reason("token", text, false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "hv, s.CAESIJ, it begins like a token",
        "ey, J0eXAi.J0eXAi.c2ln, it begins like a token",
        "gh, p_0000000000000000000000, it begins like a token",
        "AK, IAAAAABBBBCCCCDDDD, it begins like a token",
        "-----BEGIN EC PRIVATE, ' KEY-----', it is a private key",
        "https://user, :opensesame@host/path, it has a password before the '@'",
        "postgres://app, :opensesame@db:5432/orders, it has a password before the '@'"
    })
    void aWellKnownBeginIsOneUnderAnyKey(String begin, String rest, String reason) {
        assertThat(LiteralSecret.reason("colour", begin + rest, false)).contains(reason);
        assertThat(LiteralSecret.reason("client-id", begin + rest, true)).contains(reason);
        assertThat(LiteralSecret.is(begin + rest)).isTrue();
    }

    @Test
    void aLongRandomTextIsOneUnderAnyKeyThatDoesNotSayOtherwise() {
        var random = new Random(new SecureRandom().nextLong());
        int found = 0;
        for (int i = 0; i < 400; i++) {
            var bytes = new byte[24 + random.nextInt(40)];
            random.nextBytes(bytes);
            String text = i % 2 == 0
                    ? Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)
                    : HexFormat.of().formatHex(bytes);
            found += LiteralSecret.reason("colour", text, false).isPresent() ? 1 : 0;
            assertThat(LiteralSecret.reason("key-fingerprint", text, false)).isEmpty();
        }

        assertThat(found).isGreaterThan(340);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5m",
                "PT30S",
                "1048576",
                "true",
                "app,db,vault",
                "orders-service-production-eu-west-1,orders-service-production-eu-west-2",
                "/var/run/secrets/kubernetes.io/serviceaccount/token",
                "https://vault.example.com:8200/v1/kubernetes/login",
                "https://user@host/path",
                "arn:aws:iam::123456789012:role/orders-production-role",
                "arn:aws:secretsmanager:eu-west-1:123456789012:secret:Prod/Orders-a1B2c3",
                "projects/12345/locations/europe-west1/keyRings/OrdersKeyRing",
                "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
                "3F2504E0-4F89-41D3-9A0C-0305E82C3301,3f2504e0-4f89-11d3-9a0c-0305e82c3302",
                "OrdersServiceProduction2024",
                "MyCompanySecretsManagerReadOnlyRole42",
                "AmazonEKSClusterServiceRole2Production",
                "ORDERS_SERVICE_DB_2_",
                "system:serviceaccount:payments:orders-api",
                "O=Example, OU=Payments, CN=orders.payments.svc.cluster.local",
                "-----BEGIN CERTIFICATE-----",
                "12345678901234567890123456789012",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1"
            })
    void whatOnlyNamesSomethingIsNone(String text) {
        assertThat(LiteralSecret.reason("colour", text, false)).isEmpty();
        assertThat(LiteralSecret.is(text)).isFalse();
    }
}
