package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.Collectors;

/** Secrets for tests, also of other packages: as a source answered them, without a source. */
public final class TestSecrets {
    public static final SecretId ID = SecretId.of("mem", "app");

    private TestSecrets() {}

    /** A secret of one value. */
    public static Secret whole(String value) {
        return of(SecretData.of(SecretValue.of(value)));
    }

    /** A secret of one value. */
    public static Secret whole(byte[] value) {
        return of(SecretData.of(SecretValue.of(value)));
    }

    /** A secret with fields. */
    public static Secret fields(Map<String, String> fields) {
        return of(SecretData.of(fields.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, field -> SecretValue.of(field.getValue())))));
    }

    /** A secret with one field of bytes. */
    public static Secret field(String name, byte[] value) {
        return of(SecretData.of(Map.of(name, SecretValue.of(value))));
    }

    /** A secret of any data. */
    public static Secret of(SecretData data) {
        return new Secret(ID, data, "7");
    }

    /** Everything an exception could print: its text and stack, its causes and what it suppressed. */
    public static String printed(Throwable thrown) {
        var out = new StringWriter();
        thrown.printStackTrace(new PrintWriter(out));
        return out.toString();
    }
}
