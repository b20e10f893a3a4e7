package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.Canary;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAccountTokenTest {
    private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");
    private static final String CLAIMS =
            "{\"iss\":\"x\",\"kubernetes.io\":{\"exp\":1,\"l\":[{\"exp\":2}]},\"exp\":" + END.getEpochSecond() + "}";

    @Test
    void readsTheFieldOfAServiceAccountToken() {
        var token = ServiceAccountToken.from(TestSecrets.fields(Map.of("token", jwt(CLAIMS), "namespace", "x")));

        assertThat(token.token().reveal()).isEqualTo(jwt(CLAIMS));
        assertThat(token.expiresAt()).contains(END);
    }

    @Test
    void readsASecretThatIsTheToken() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt(CLAIMS))).expiresAt())
                .contains(END);
    }

    @Test
    void mayNotExpire() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{}"))).expiresAt())
                .isEmpty();
    }

    @Test
    void takesADateWithAFraction() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{\"exp\":1893456000.75}")))
                        .expiresAt())
                .contains(END);
    }

    @Test
    void takesTheEarlierEndOfTokenAndStore() {
        var data = SecretData.of(SecretValue.of(jwt(CLAIMS)));

        assertThat(ServiceAccountToken.from(TestSecrets.of(data.withExpiresAt(END.minusSeconds(1))))
                        .expiresAt())
                .contains(END.minusSeconds(1));
        assertThat(ServiceAccountToken.from(TestSecrets.of(data.withExpiresAt(END.plusSeconds(1))))
                        .expiresAt())
                .contains(END);
    }

    @Test
    void advisesAnotherTokenAfterFourFifthsOfItsLife() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{\"iat\":1000,\"exp\":4600}")))
                        .refreshAt())
                .contains(Instant.ofEpochSecond(3_880));
    }

    @Test
    void advisesAnotherTokenAfterADayAtTheLatest() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{\"iat\":1000,\"exp\":31537000}")))
                        .refreshAt())
                .contains(Instant.ofEpochSecond(1_000 + 86_400));
    }

    @Test
    void advisesNothingWhereItsLifeIsUnknown() {
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{\"iat\":1000}")))
                        .refreshAt())
                .isEmpty();
        assertThat(ServiceAccountToken.from(TestSecrets.whole(jwt("{\"exp\":1000}")))
                        .refreshAt())
                .isEmpty();
    }

    @Test
    @DisplayName("B34 a missing token is named")
    void namesTheMissingToken() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> ServiceAccountToken.from(TestSecrets.fields(Map.of("ca.crt", "x"))))
                .withMessage("mem:app has no field 'token'; fields: ca.crt");
    }

    @ParameterizedTest
    @DisplayName("B34 malformed claims are refused")
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "{",
                "{} x",
                "{\"exp\":\"1893456000\"}",
                "{\"exp\":null}",
                "{\"exp\":-1}",
                "{\"exp\":1e2147483647}",
                "{\"exp\":1e-2147483647}",
                "{\"exp\":9999999999999999999}",
                "{\"exp\":1,\"exp\":2}",
                "{\"exp\":{}}",
                "{\"iat\":\"1893456000\"}",
                "{\"iat\":1,\"iat\":1}"
            })
    void refusesMalformedClaims(String claims) {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> ServiceAccountToken.from(TestSecrets.fields(Map.of("token", jwt(claims)))))
                .withMessageStartingWith("mem:app field 'token' is not a JWT: ");
    }

    @Test
    @DisplayName("B22 claims that nest without end are refused")
    void refusesDeepClaims() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> ServiceAccountToken.from(TestSecrets.whole(jwt("{\"a\":".repeat(5_000)))));
    }

    @Test
    @DisplayName("B34 L7 what is no JWT is refused, and none of it is printed")
    void printsNothingOfAMalformedToken() {
        var canary = Canary.next();
        String value = canary.value();
        for (String text : List.of(
                value,
                "",
                "..",
                value + "." + value,
                value + ".!" + value + "." + value,
                jwt(CLAIMS) + "." + value,
                jwt(CLAIMS) + "\n",
                jwt("{\"exp\":" + value + "}"),
                jwt("{\"" + value),
                value.repeat(3_000) + ".e30.e30",
                jwt(new String(new byte[] {'{', (byte) 0xE9}, ISO_8859_1)) + value + "!")) {
            var thrown = catchThrowable(() -> ServiceAccountToken.from(TestSecrets.whole(text)));

            assertThat(thrown)
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageStartingWith("mem:app is not a JWT: ")
                    .hasNoCause();
            assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
        }
    }

    @Test
    @DisplayName("B35 claims that are no text are refused")
    void refusesClaimsThatAreNoText() {
        String token = "e30." + Base64.getUrlEncoder().encodeToString(new byte[] {'{', (byte) 0xFF}) + ".e30";

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> ServiceAccountToken.from(TestSecrets.whole(token)))
                .withMessageStartingWith("mem:app has claims that are not UTF-8 text");
    }

    @Test
    @DisplayName("L9 it prints when it expires and nothing else")
    void printsOnlyItsExpiry() {
        var token = ServiceAccountToken.from(TestSecrets.whole(jwt(CLAIMS)));

        assertThat(token).hasToString("ServiceAccountToken[***, expiresAt=2030-01-01T00:00:00Z]");
    }

    @Test
    void equalsTheSameToken() {
        var token = ServiceAccountToken.from(TestSecrets.whole(jwt(CLAIMS)));
        var same = ServiceAccountToken.from(TestSecrets.fields(Map.of("token", jwt(CLAIMS))));

        assertThat(token).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(token)
                .isNotEqualTo(ServiceAccountToken.from(TestSecrets.whole(jwt("{}"))))
                .isNotEqualTo("x");
    }

    private static String jwt(String claims) {
        var base64 = Base64.getUrlEncoder().withoutPadding();
        String payload = base64.encodeToString(claims.getBytes(UTF_8));
        return base64.encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8)) + "." + payload + ".c2ln";
    }
}
