package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.test.Canary;
import io.github.secretsource.text.JsonDocument;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SecretLeakTest {

    @ParameterizedTest
    @DisplayName("L7 L8 no error about JSON holds any of the text around the error")
    @MethodSource("brokenJson")
    void printsNothingOfBrokenJson(String pattern) {
        var canary = Canary.next();
        String json = pattern.replace('\'', '"').replace("SECRET", canary.value());

        assertThat(printedBy(canary, () -> TestSecrets.whole(json).field("asked")))
                .isEmpty();
        assertThat(printedBy(canary, () -> TestSecrets.whole(json).findField("/asked/x")))
                .isEmpty();
        assertThat(printedBy(canary, () -> TestSecrets.fields(Map.of("f", json)).field("/f/asked")))
                .isEmpty();
        assertThat(printedBy(canary, () -> TestSecrets.whole(json).narrowedTo(SecretRef.parse("mem:app#/asked"))))
                .isEmpty();
    }

    static List<String> brokenJson() {
        return List.of(
                "SECRET",
                "'SECRET'",
                "['SECRET']",
                "{'a':'SECRET'",
                "{'a':'SECRET",
                "{'a':SECRET}",
                "{SECRET:1}",
                "{'SECRET'}",
                "{'a':'SECRET','a':'SECRET'}",
                "{'a':'SECRET\\ud800'}",
                "{'a':'SECRET\\x'}",
                "{'a':'SECRET\n'}",
                "{'a':'SECRET'}SECRET",
                "{'a':'SECRET'} 'SECRET'",
                "{'a':{'b':'SECRET'},}",
                "{'a':'SECRET'" + ",'b':{'a':[".repeat(40),
                "{'other':'SECRET'}",
                "{'asked':null,'other':'SECRET'}",
                "{'asked':1,'other':'SECRET'" + " ".repeat(JsonDocument.MAX_BYTES) + "}");
    }

    @Test
    @DisplayName("L7 no error about an encoding holds any of the value")
    void printsNothingOfABrokenEncoding() {
        var canary = Canary.next();
        var secret = TestSecrets.fields(Map.of("a", canary.value()));

        for (String encoding : List.of("base64", "hex", "base64url")) {
            var ref = SecretRef.parse("mem:app?encoding=" + encoding + "#a");
            String printed = printed(() -> secret.narrowedTo(ref).value());

            assertThat(canary.findIn(printed)).isEmpty();
        }
    }

    @Test
    @DisplayName("L7 no error about a missing field holds the value of another")
    void printsNoOtherField() {
        var canary = Canary.next();
        var secret = TestSecrets.fields(Map.of("a", canary.value(), "b", "x"));

        for (Runnable asking : List.<Runnable>of(secret::value, () -> secret.field("c"), () -> secret.field("/a/b"))) {
            assertThat(canary.findIn(printed(asking))).isEmpty();
        }
    }

    @Test
    @DisplayName("L7 no error has a cause or anything suppressed")
    void chainsNothing() {
        for (String json : List.of("{x", "{\"a\":1}", "x", "{\"a\":1,\"a\":2}")) {
            assertThat(catchThrowable(() -> TestSecrets.whole(json).field("b")))
                    .isInstanceOf(SecretFormatException.class)
                    .hasNoCause()
                    .hasNoSuppressedExceptions();
        }
    }

    @Test
    @DisplayName("L9 L12 a secret prints names, never a value")
    void printsNoValue() {
        var canary = Canary.next();
        String value = canary.value();

        Stream.of(
                        TestSecrets.whole(value),
                        TestSecrets.whole("{\"a\":\"" + value + "\",\"" + value + "\":1}"),
                        TestSecrets.fields(Map.of("a", value, "b", "{\"c\":\"" + value + "\"}")))
                .forEach(secret -> {
                    secret.findField("/b/c");
                    String printed = secret + String.format("%s %d", secret, secret.hashCode());

                    assertThat(canary.findIn(printed)).isEmpty();
                    assertThat(printed).startsWith("Secret[mem:app, version=7, ");
                });
    }

    @Test
    @DisplayName("L9 what holds JSON inside prints no value either")
    void printsNoValueInside() {
        var canary = Canary.next();
        char[] json = ("{\"a\":[{\"b\":\"" + canary.value() + "\"}]}").toCharArray();

        assertThat(canary.findIn(JsonDocument.read(json, SecretValue::of)
                        .root()
                        .orElseThrow()
                        .toString()))
                .isEmpty();
    }

    @Test
    @DisplayName("L14 a secret cannot be serialised")
    void cannotBeSerialised() throws Exception {
        try (var out = new ObjectOutputStream(new ByteArrayOutputStream())) {
            assertThat(catchThrowable(() -> out.writeObject(TestSecrets.whole("x"))))
                    .isInstanceOf(NotSerializableException.class);
        }
    }

    /** Where the canary is in what an error prints. */
    private static java.util.Optional<String> printedBy(Canary canary, Runnable failing) {
        return canary.findIn(printed(failing));
    }

    private static String printed(Runnable failing) {
        var thrown = catchThrowable(failing::run);
        return thrown == null ? "" : TestSecrets.printed(thrown);
    }
}
