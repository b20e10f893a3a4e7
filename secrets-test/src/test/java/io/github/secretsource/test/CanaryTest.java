package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanaryTest {
    private static final String CLEAN =
            "GET /v1/secret/data/payment 200 in 12 ms, 67 65 78 65 82 89; eyJhbGciOiJIUzI1NiJ9; 43414e4152592d";

    @Test
    void valuesBeginWithThePrefixAndDiffer() {
        var first = Canary.next().value();
        var second = Canary.next().value();

        assertTrue(first.matches("[A-Z]{6}-[a-z0-9]{24}"), "shape");
        assertNotEquals(first, second);
    }

    static Stream<Arguments> plantedForms() {
        return Stream.of(
                planted("raw", text -> text),
                planted("base64", text -> Base64.getEncoder().encodeToString(text.getBytes(UTF_8))),
                planted("base64", text -> Base64.getEncoder().encodeToString(("a" + text + "z").getBytes(UTF_8))),
                planted("base64", text -> Base64.getEncoder().encodeToString(("ab" + text + "yz").getBytes(UTF_8))),
                planted("base64", text -> Base64.getEncoder().encodeToString(("abc" + text).getBytes(UTF_8))),
                planted(
                        "base64",
                        text -> Base64.getMimeEncoder(20, "\r\n".getBytes(UTF_8))
                                .encodeToString(text.getBytes(UTF_8))),
                planted("hex", text -> HexFormat.of().formatHex(text.getBytes(UTF_8))),
                planted("hex", text -> HexFormat.of().withUpperCase().formatHex(text.getBytes(UTF_8))),
                planted("utf-16", text -> new String(text.getBytes(UTF_16LE), ISO_8859_1)),
                planted("utf-16", text -> new String(text.getBytes(UTF_16BE), ISO_8859_1)),
                planted("byte list", text -> Arrays.toString(text.getBytes(UTF_8))),
                planted("reversed", text -> new StringBuilder(text).reverse().toString()));
    }

    private static Arguments planted(String form, UnaryOperator<String> encoding) {
        return Arguments.of(form, encoding);
    }

    @ParameterizedTest
    @MethodSource("plantedForms")
    void findsEveryPlantedForm(String form, UnaryOperator<String> encoding) {
        var canary = Canary.next();

        var found = canary.findIn(CLEAN + " [" + encoding.apply(canary.value()) + "] " + CLEAN);

        assertTrue(found.orElseThrow().startsWith(form), found.orElseThrow());
    }

    @Test
    void findsTheSpecialFormsOfAValueWithSpecialCharacters() {
        var canary = Canary.of("\"?>\\?>\"~\n?>?");
        var bytes = canary.value().getBytes(UTF_8);

        var url = canary.findIn("password=" + URLEncoder.encode(canary.value(), UTF_8) + "&user=app");
        var json = canary.findIn("{\"password\":\"\\\"?>\\\\?>\\\"~\\n?>?\"}");
        var base64url = canary.findIn(Base64.getUrlEncoder().encodeToString(bytes));

        assertTrue(url.orElseThrow().startsWith("url-encoded"), url.orElseThrow());
        assertTrue(json.orElseThrow().startsWith("json-escaped"), json.orElseThrow());
        assertTrue(base64url.orElseThrow().startsWith("base64url"), base64url.orElseThrow());
    }

    @Test
    void saysWhereTheValueIsAndNotWhatItIs() {
        var canary = Canary.of("k3v9q1zz0p7m");

        var found = canary.findIn("0123456789k3v9q1zz0p7m");

        assertEquals(Optional.of("raw at 10"), found);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 16})
    void findsAnyEightRandomCharacters(int start) {
        var canary = Canary.next();
        var random = canary.value().substring(7);

        assertTrue(
                canary.findIn(CLEAN + "|" + random.substring(start, start + 8)).isPresent());
        assertTrue(
                canary.findIn(CLEAN + "|" + random.substring(start, start + 7)).isEmpty());
    }

    @Test
    void findsNothingInCleanText() {
        var canary = Canary.next();

        assertEquals(Optional.empty(), canary.findIn(CLEAN.repeat(1000)));
        assertEquals(Optional.empty(), canary.findIn(Canary.next().value()));
        assertEquals(Optional.empty(), canary.findIn(""));
    }

    @Test
    void findsEachOfItsOwnForms() {
        var canary = Canary.next();

        var forms = canary.forms();

        assertEquals(canary.value(), forms.get(0));
        assertEquals(9, forms.size(), "no form twice");
        forms.forEach(form -> assertTrue(canary.findIn("<" + form + ">").isPresent()));
    }

    @Test
    void doesNotPrintItsValue() {
        var canary = Canary.next();

        assertFalse(canary.toString().contains(canary.value().substring(7)));
    }

    @Test
    void refusesAShortValueWithoutPrintingIt() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> Canary.of("hunter2"));

        assertEquals("a canary needs at least 8 characters: 7", refusal.getMessage());
    }
}
