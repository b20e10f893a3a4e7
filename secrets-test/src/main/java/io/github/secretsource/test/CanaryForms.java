package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What programs make of a text, by the name of the form. Stateless. */
final class CanaryForms {
    private CanaryForms() {}

    static Map<String, String> of(String text) {
        var bytes = text.getBytes(UTF_8);
        var forms = new LinkedHashMap<String, String>();
        forms.put("raw", text);
        forms.put("url-encoded", URLEncoder.encode(text, UTF_8));
        forms.put("json-escaped", jsonEscaped(text));
        for (int alignment = 0; alignment < 3; alignment++) {
            var middle = base64Middle(bytes, alignment);
            forms.put("base64 (alignment " + alignment + ")", middle);
            forms.put(
                    "base64url (alignment " + alignment + ")",
                    middle.replace('+', '-').replace('/', '_'));
        }
        forms.put("hex", HexFormat.of().formatHex(bytes));
        forms.put("hex (upper case)", HexFormat.of().withUpperCase().formatHex(bytes));
        forms.put("utf-16", text.chars().mapToObj(Character::toString).collect(Collectors.joining("\0")));
        forms.put("byte list", byteList(bytes));
        forms.put("reversed", new StringBuilder(text).reverse().toString());
        return forms;
    }

    /**
     * The characters that are the same whatever comes after the bytes, and whichever bytes, as many as the alignment,
     * come before.
     */
    private static String base64Middle(byte[] bytes, int alignment) {
        var shifted = new byte[alignment + bytes.length];
        System.arraycopy(bytes, 0, shifted, alignment, bytes.length);
        int from = alignment == 0 ? 0 : alignment + 1;
        return Base64.getEncoder().encodeToString(shifted).substring(from, shifted.length * 8 / 6);
    }

    private static String byteList(byte[] bytes) {
        return IntStream.range(0, bytes.length)
                .mapToObj(index -> String.valueOf(bytes[index]))
                .collect(Collectors.joining(", "));
    }

    private static String jsonEscaped(String text) {
        return text.chars().mapToObj(CanaryForms::jsonEscaped).collect(Collectors.joining());
    }

    private static String jsonEscaped(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> character < ' ' ? String.format("\\u%04x", character) : Character.toString(character);
        };
    }
}
