package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WrongAnswersTest {
    private static final VaultRequest READ =
            VaultRequest.get("secret/data/app").token(SecretValue.of("not-a-real-token"));
    private static final String HTML = "<html><body>Sign in to the airport</body></html>";

    /** What is refused, of all ways; it must be an outage, never a statement about the secret. */
    private static Refusal refused(Way way, FakeVault.Script script) {
        try (FakeVault server = way.server(script);
                VaultClient client = way.client(server)) {
            var refusal = catchThrowableOfType(Refusal.class, () -> client.send(READ, Way.soon()));

            assertThat(refusal).as("a refusal").isNotNull();
            assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
            assertThat(refusal.problem() + refusal.fix()).doesNotContain("airport", "not-a-real-token");
            return refusal;
        }
    }

    private static VaultAnswer answer(Way way, byte[] body) throws Refusal {
        try (FakeVault server = way.server((request, connection) -> connection.answer(200, "", body));
                VaultClient client = way.client(server)) {
            return client.send(READ, Way.soon());
        }
    }

    private static FakeVault.Script body(int status, byte[] body) {
        return (request, connection) -> connection.answer(status, "Content-Type: application/json\r\n", body);
    }

    private static FakeVault.Script body(int status, String body) {
        return body(status, body.getBytes(UTF_8));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 a login page of something in between is an outage, with whatever status")
    void refusesPages(Way way) {
        for (int status : new int[] {200, 403, 404, 400}) {
            assertThat(refused(way, body(status, HTML)).problem()).contains("was not answered by Vault");
        }
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(
            strings = {
                "Client sent an HTTP request to an HTTPS server.\n",
                "<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>"
            })
    @DisplayName("F9 plain http to a port that expects TLS is said to be that")
    void namesTlsPort(String said) {
        Refusal refusal = refused(Way.HTTP, body(400, said));

        assertThat(refusal.problem()).isEqualTo("was not answered: the server speaks TLS there (400)");
        assertThat(refusal.fix()).contains("https://");
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 an empty answer is an outage, also one that would say that the secret is not there")
    void refusesEmptyAnswers(Way way) {
        for (int status : new int[] {200, 403, 404, 400, 405}) {
            assertThat(refused(way, body(status, "")).problem()).containsAnyOf("was not answered by Vault", "no body");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 B28 JSON that is cut, or no object, is an outage")
    void refusesBrokenJson(Way way) {
        for (String body : new String[] {
            "{\"data\":{\"password\":\"airp",
            "{\"data\":",
            "[1,2]",
            "\"text\"",
            "42",
            "null",
            "{'a':1}",
            "{\"a\":1,}",
            "{\"a\":NaN}",
            "{\"a\":1}{\"b\":2}",
            "/* no */{\"a\":1}",
            "{\"a\":\"\\ud800\"}"
        }) {
            assertThat(refused(way, body(200, body)).problem())
                    .as(body)
                    .contains("was not answered by Vault: the body ");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F10 a body in chunks that breaks off is an outage, with whatever status")
    void refusesCutChunks(Way way) {
        for (int status : new int[] {200, 403, 404}) {
            refused(way, (request, connection) -> {
                connection.write("HTTP/1.1 " + status
                        + " X\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"errors\":[],\"more\":");
                connection.close();
            });
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F10 a body shorter than announced is an outage, with whatever status")
    void refusesShortBodies(Way way) {
        for (int status : new int[] {200, 403, 404}) {
            refused(way, (request, connection) -> {
                connection.write("HTTP/1.1 " + status + " X\r\nContent-Length: 40\r\n\r\n{\"errors\":");
                connection.close();
            });
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTP", "HTTPS"}) // the driver refuses the whole
    @DisplayName("F10 what comes after the announced length is not part of the answer, nor of the next one")
    void readsNoFurtherThanAnnounced(Way way) throws Exception {
        try (FakeVault server = way.server((request, connection) -> {
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\":1} {\"a\":2}");
                    connection.close();
                });
                VaultClient client = way.client(server)) {
            for (int read = 0; read < 2; read++) {
                assertThat(VaultAnswer.number(client.send(READ, Way.soon()).root(), "a"))
                        .isOne();
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B22 JSON of any depth is refused, never a stack overflow")
    void refusesDeepJson(Way way) {
        for (int depth : new int[] {5_000, 100_000}) {
            String deep = "{\"a\":".repeat(depth) + "1" + "}".repeat(depth);
            assertThat(refused(way, body(200, deep)).problem()).contains("was not answered by Vault");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B23 JSON that has a name twice is refused: nobody knows which one counts")
    void refusesDuplicates(Way way) {
        refused(way, body(200, "{\"data\":{\"password\":\"a\",\"password\":\"b\"}}"));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B24 numbers stay as they are written")
    void keepsNumbers(Way way) throws Exception {
        String digits = "9".repeat(400);

        VaultAnswer answer = answer(
                way, ("{\"a\":12345678901234567890.10,\"b\":1e400,\"c\":-0.0,\"d\":" + digits + "}").getBytes(UTF_8));

        assertThat(VaultAnswer.text(answer.root(), "a")).isEqualTo("12345678901234567890.10");
        assertThat(VaultAnswer.text(answer.root(), "b")).isEqualTo("1e400");
        assertThat(VaultAnswer.text(answer.root(), "c")).isEqualTo("-0.0");
        assertThat(VaultAnswer.text(answer.root(), "d")).isEqualTo(digits);
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B26 a byte order mark is read over; other encodings are refused")
    void readsOverMark(Way way) throws Exception {
        VaultAnswer answer = answer(way, "\uFEFF{\"a\":\"b\u00e9\"}".getBytes(UTF_8));

        assertThat(VaultAnswer.text(answer.root(), "a")).isEqualTo("b\u00e9");
        refused(way, body(200, "{\"a\":\"b\"}".getBytes(UTF_16)));
        refused(way, body(200, "{\"a\":\"b\u00e9\"}".getBytes(ISO_8859_1)));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B37 compression is not asked for, and what comes compressed all the same is not unpacked")
    void neverUnpacks(Way way) throws Exception {
        byte[] packed = gzip(new byte[300 << 20 >> 6]);
        try (FakeVault server = way.server(
                        (request, connection) -> connection.answer(200, "Content-Encoding: gzip\r\n", packed));
                VaultClient client = way.client(server)) {

            assertThatThrownBy(() -> client.send(READ, Way.soon())).isInstanceOf(Refusal.class);

            assertThat(server.received().toLowerCase(Locale.ROOT)).doesNotContain("gzip", "accept-encoding");
        }
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B38 a content type that lies changes nothing")
    void ignoresContentType(Way way) throws Exception {
        try (FakeVault server = way.server((request, connection) -> connection.answer(
                        200, "Content-Type: text/html; charset=utf-7\r\n", "{\"a\":\"+AGE-\"}".getBytes(UTF_8)));
                VaultClient client = way.client(server)) {

            VaultAnswer answer = client.send(READ, Way.soon());

            assertThat(VaultAnswer.text(answer.root(), "a")).isEqualTo("+AGE-");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("B39 headers without end are cut off")
    void boundsHeaders(Way way) {
        refused(way, (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\n");
            String header = "X-Bomb: " + "x".repeat(8_000) + "\r\n";
            for (int sent = 0; sent < 20_000; sent++) { // 160 MB, if somebody takes them
                connection.write(header);
            }
        });
        refused(way, (request, connection) -> {
            connection.write("HTTP/1.1 200 OK\r\nX-Bomb: ");
            for (int sent = 0; sent < 20_000; sent++) {
                connection.write("x".repeat(8_000));
            }
        });
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F10 a body without end is cut off at two megabytes, announced or not")
    void boundsBodies(Way way) {
        for (String length : new String[] {"Content-Length: 10000000000", "Transfer-Encoding: chunked", "X-None: 0"}) {
            Refusal refusal = refused(way, (request, connection) -> {
                connection.write("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n");
                String chunk = "x".repeat(0x2000);
                for (int sent = 0; sent < 20_000; sent++) {
                    connection.write(length.contains("chunked") ? "2000\r\n" + chunk + "\r\n" : chunk);
                }
            });
            assertThat(refusal.problem()).as(length).contains("answered with more than 2 MiB");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 what is no HTTP at all is an outage")
    void refusesOtherProtocols(Way way) {
        refused(way, (request, connection) -> {
            connection.write("220 mail.example ESMTP\r\n");
            connection.close();
        });
        refused(way, (request, connection) -> {
            connection.write("HTTP/1.1 two OK\r\n\r\n");
            connection.close();
        });
        refused(way, (request, connection) -> connection.close());
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F9 a login answered by a page is an outage, not a refused login")
    void loginIsAnsweredByPage(Way way) {
        try (FakeVault server = way.server(body(200, HTML));
                VaultClient client = way.client(server)) {
            var refusal = catchThrowableOfType(
                    Refusal.class, () -> client.send(VaultRequest.post("auth/approle/login", Map.of()), Way.soon()));

            assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
        }
    }
}
