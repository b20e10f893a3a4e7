package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.secretsource.spi.SecretData;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SecretTest {
    private static final Map<String, String> PAIR = Map.of("user", "ann", "password", "pässword");

    @Test
    void givesTheOneValue() {
        assertThat(TestSecrets.whole("token").value().reveal()).isEqualTo("token");
    }

    @Test
    void givesAFieldByItsName() {
        assertThat(TestSecrets.fields(PAIR).field("password").reveal()).isEqualTo("pässword");
    }

    @Test
    void takesTheFirstTokenOfAPointerAsTheNameOfAField() {
        var secret = TestSecrets.fields(Map.of("a/b~c", "deep"));

        assertThat(secret.field("/a~1b~0c").reveal()).isEqualTo("deep");
    }

    @Test
    void takesALiteralNameAsItIs() {
        var secret = TestSecrets.fields(Map.of("a.b", "1", "a~0b", "2", "a/b", "3"));

        assertThat(secret.field("a.b").reveal()).isEqualTo("1");
        assertThat(secret.field("a~0b").reveal()).isEqualTo("2");
        assertThat(secret.field("a/b").reveal()).isEqualTo("3");
    }

    @Test
    void takesAPointerAsOneAlsoWhereAFieldHasItsText() {
        var secret = TestSecrets.fields(Map.of("/a", "literal", "a", "pointed at"));

        assertThat(secret.field("/a").reveal()).isEqualTo("pointed at");
        assertThat(secret.field("/~1a").reveal()).isEqualTo("literal");
    }

    @Test
    void unescapesTheTildeLast() {
        assertThat(TestSecrets.fields(Map.of("~1", "x")).field("/~01").reveal()).isEqualTo("x");
    }

    @Test
    void refusesATildeThatEscapesNothing() {
        var secret = TestSecrets.fields(PAIR);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> secret.field("/a~2"))
                .withMessageContaining("'~'");
        assertThatIllegalArgumentException().isThrownBy(() -> secret.findField("/a~"));
    }

    @Test
    void listsTheNamesInOrder() {
        assertThat(TestSecrets.fields(PAIR).fieldNames()).containsExactly("password", "user");
    }

    @Test
    void refusesToChooseAmongFields() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.fields(PAIR).value())
                .withMessage("mem:app has no single value; name a field with '#' and its name; fields: password, user");
    }

    @Test
    void saysThatThereAreNoFieldsAtAll() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.fields(Map.of()).value())
                .withMessageEndingWith("fields: none");
    }

    @Test
    @DisplayName("B29 a missing field is named with those that are there and the one probably meant")
    void namesTheFieldsThatAreThere() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.fields(PAIR).field("pasword"))
                .withMessage("mem:app has no field 'pasword'; fields: password, user; did you mean 'password'?");
    }

    @Test
    @DisplayName("B29 of many fields twenty are named")
    void namesTwentyFieldsAtMost() {
        var many = IntStream.range(10, 35).boxed().collect(Collectors.toMap(i -> "f" + i, i -> "x"));

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.fields(many).field("absent"))
                .withMessageEndingWith("f28, f29 and 5 more");
    }

    @Test
    @DisplayName("B29 names in messages are printable and short")
    void shortensNamesInMessages() {
        var secret = TestSecrets.fields(Map.of("n".repeat(1_000), "x", "a\nb", "y"));

        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> secret.field("q".repeat(1_000)))
                .withMessage("mem:app has no field '" + "q".repeat(63) + "...'; fields: aU+000Ab, " + "n".repeat(63)
                        + "...");
    }

    @Test
    void findsNothingWhereAFieldIsMissing() {
        assertThat(TestSecrets.fields(PAIR).findField("absent")).isEmpty();
        assertThat(TestSecrets.fields(PAIR).findField("user").map(SecretValue::reveal))
                .contains("ann");
    }

    @Test
    void keepsAnEmptyFieldApartFromAMissingOne() {
        assertThat(TestSecrets.fields(Map.of("empty", "")).field("empty").reveal())
                .isEmpty();
    }

    @Test
    @DisplayName("B44 names with a meaning elsewhere are names like any other")
    void takesPeculiarNamesAsTheyAre() {
        for (String name : new String[] {"class", "__proto__", "..", ".", "constructor", "$ref", "%00", " "}) {
            assertThat(TestSecrets.fields(Map.of(name, "x")).field(name).reveal())
                    .isEqualTo("x");
            assertThat(TestSecrets.fields(Map.of("a", "x")).findField(name)).isEmpty();
            assertThat(TestSecrets.whole("{\"" + name + "\":\"x\"}").field(name).reveal())
                    .isEqualTo("x");
            assertThat(TestSecrets.whole("{}").findField(name)).isEmpty();
        }
    }

    @Test
    @DisplayName("B35 bytes that are no text can be had as bytes, and as text only with an error that names the secret")
    void tellsBytesFromText() {
        byte[] bytes = {'a', (byte) 0xFF, 'b'};
        var value = TestSecrets.field("key", bytes).field("key");

        assertThat(value.revealBytes()).isEqualTo(bytes);
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(value::reveal)
                .withMessageStartingWith("mem:app is not UTF-8 text at byte 1;");
    }

    @Test
    @DisplayName("B36 line ends, trailing text and several blocks of PEM stay as they are")
    void keepsBytesUntouched() {
        String pem = "-----BEGIN A-----\r\nAAAA\r\n-----END A-----\r\ntrailing\n-----BEGIN B-----\nBBBB\n\n\n";

        assertThat(TestSecrets.fields(Map.of("tls.crt", pem)).field("tls.crt").reveal())
                .isEqualTo(pem);
        assertThat(TestSecrets.whole(pem).value().reveal()).isEqualTo(pem);
    }

    @Test
    void hasWhatTheSourceSaid() {
        var end = Instant.parse("2030-01-01T00:00:00Z");
        var data =
                SecretData.of(SecretValue.of("x")).withContentType("text/plain").withExpiresAt(end);
        var secret = TestSecrets.of(data);

        assertThat(secret.id()).isEqualTo(TestSecrets.ID);
        assertThat(secret.version()).isEqualTo("7");
        assertThat(secret.contentType()).contains("text/plain");
        assertThat(secret.expiresAt()).contains(end);
    }

    @Test
    void knowsNothingTheSourceDidNotSay() {
        assertThat(TestSecrets.whole("x").contentType()).isEmpty();
        assertThat(TestSecrets.whole("x").expiresAt()).isEmpty();
    }
}
