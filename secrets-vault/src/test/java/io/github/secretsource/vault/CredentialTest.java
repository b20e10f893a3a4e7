package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import io.github.secretsource.text.JsonDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CredentialTest {
    private static final String REF = "vault:secret/app#password";
    private static final String LOGIN = "POST auth/userpass/login/app";

    private final Canary canary = Canary.next();
    private final Routes routes = new Routes()
            .anyToken()
            .secret("app", "password", "first")
            .on(LOGIN, asked -> VirtualVault.token("another-token", 0, false));

    @TempDir
    Path folder;

    private Throwable failure(Way way, VaultAuth auth) {
        try (FakeVault server = way.server(routes);
                Secrets secrets = Secrets.builder()
                        .source("vault", Way.source(server).auth(auth).build())
                        .build()) {
            Throwable thrown = catchThrowable(() -> secrets.get(REF));
            assertThat(thrown).isInstanceOf(SecretException.class);
            assertThat(canary.findIn(thrown.toString())).isEmpty();
            assertThat(thrown.getCause()).isNull();
            assertThat(canary.findIn(server.received())).isEmpty();
            return thrown;
        }
    }

    private String read(VaultAuth auth) {
        try (Secrets secrets = VirtualVault.of(FakeTime.create(), routes, auth).secrets()) {
            return secrets.get(REF).reveal();
        }
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(strings = {"", "\n", "\r\n"})
    @DisplayName("B20 a credential may end with one line break, or none, in a file and elsewhere")
    void takesOneLineBreak(String end) throws Exception {
        String text = canary.value() + end;
        Path file = Files.writeString(folder.resolve("token"), text);

        assertThat(read(VaultAuth.tokenFile(file))).isEqualTo("first");
        assertThat(read(VaultAuth.token(SecretValue.of(text)))).isEqualTo("first");
        assertThat(routes.asked())
                .allSatisfy(asked -> assertThat(Routes.token(asked)).isEqualTo(canary.value()));
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(strings = {"%s\n\n", "%s\r\nX-Evil: 1", "a\n%s", "\t%s", "%s\0", "%s\u007f", "\u001b[31m%s"})
    @DisplayName("B20 B21 a token with a control character is refused before it is sent, without a word of it")
    void refusesControlCharacters(String form) throws Exception {
        String text = form.replace("%s", canary.value());
        Path file = Files.writeString(folder.resolve("token"), text);

        for (Way way : new Way[] {Way.HTTP, Way.HTTPS}) {
            assertThat(failure(way, VaultAuth.tokenFile(file))).hasMessageContaining("the file token");
            assertThat(failure(way, VaultAuth.token(SecretValue.of(text)))).hasMessageContaining("credential");
        }
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(strings = {"%s\u20ac", "\u00e9%s", "%s \ud83d\ude00", "\u0080%s", " %s", "%s "})
    @DisplayName(
            "B21 a token with a character that no header may hold is refused before it is sent, without a word of it")
    void refusesOddCharacters(String form) {
        for (Way way : new Way[] {Way.HTTP, Way.HTTPS}) {
            assertThat(failure(way, VaultAuth.token(SecretValue.of(form.replace("%s", canary.value())))))
                    .hasMessageContaining("token");
        }
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(strings = {"%s\\r\\nX-Evil: 1", "%s\\n", "\\u0000%s", "%s\\u20ac"})
    @DisplayName("B21 a token from a login that no header may hold is refused, without a word of it")
    void refusesOddAnswers(String form) {
        routes.on(LOGIN, asked -> VirtualVault.token(form.replace("%s", canary.value()), 60, true));

        for (Way way : new Way[] {Way.HTTP, Way.HTTPS}) {
            assertThat(failure(way, VaultAuth.userpass("app", SecretValue.of("not-a-real-password"))))
                    .hasMessageContaining("token");
        }
    }

    @Test
    @DisplayName("B20 an empty file, a large one, a folder and no file at all are told apart from a refused login")
    void saysWhatIsWrong() throws Exception {
        Path file = folder.resolve("token");
        assertThat(failure(Way.HTTP, VaultAuth.tokenFile(file))).hasMessageContaining("NoSuchFileException");
        Files.writeString(file, "\n");
        assertThat(failure(Way.HTTP, VaultAuth.tokenFile(file))).hasMessageContaining("is empty");
        Files.writeString(file, "x".repeat((1 << 20) + 1));
        assertThat(failure(Way.HTTP, VaultAuth.tokenFile(file))).hasMessageContaining("too large");
        assertThat(failure(Way.HTTP, VaultAuth.tokenFile(folder))).hasMessageContaining("cannot be read");
        assertThat(routes.asked()).isEmpty();
    }

    @Test
    @DisplayName("a credential from another source that throws, or answers nothing, is an outage that names the class")
    void namesWhatAnotherSourceThrew() {
        var thrown = failure(Way.HTTP, VaultAuth.userpass("app", Credential.from(call -> {
            throw new IllegalStateException(canary.value());
        })));
        assertThat(thrown)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("the credential of the login")
                .hasMessageContaining("IllegalStateException");

        assertThat(failure(Way.HTTP, VaultAuth.token(Credential.from(CredentialTest::nothing))))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("the credential of the login");
        assertThat(routes.asked()).isEmpty();
    }

    /** As a source that was not written for this may answer. */
    private static SecretValue nothing(FetchContext call) {
        return null;
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // what reads a pipe hears no interrupt
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F33 a pipe or a device in place of a file is refused, and not read for ever")
    void readsFilesAlone() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (Path odd : List.of(pipe, Path.of("/dev/zero"))) {
            assertThat(failure(Way.HTTP, VaultAuth.tokenFile(odd))).hasMessageContaining("is not a regular file");
        }
        Path file = Files.writeString(folder.resolve("there"), canary.value());
        assertThat(read(VaultAuth.tokenFile(Files.createSymbolicLink(folder.resolve("link"), file))))
                .isEqualTo("first");
    }

    @ParameterizedTest(name = "{displayName} [{index}]")
    @ValueSource(
            strings = {
                "quote\"back\\slash/",
                "{\"password\":\"x\"}",
                "\u00e4\u00f6\u00fc \u20ac \u2028\u2029",
                "\ud83d\ude00 beyond the basic plane",
                "</script>&amp;%00+=;'`$()",
                " spaces around "
            })
    @DisplayName("B21 a password of odd characters arrives at the server as it is, on both ways")
    void arrivesIntact(String password) {
        for (Way way : new Way[] {Way.HTTP, Way.HTTPS}) {
            try (FakeVault server = way.server(routes);
                    Secrets secrets = Secrets.builder()
                            .source(
                                    "vault",
                                    Way.source(server)
                                            .auth(VaultAuth.userpass("app", SecretValue.of(password)))
                                            .build())
                            .build()) {
                assertThat(secrets.get(REF).reveal()).isEqualTo("first");
            }
        }

        assertThat(routes.asked().stream()
                        .filter(asked -> asked.path().contains("userpass"))
                        .map(Routes::body))
                .hasSize(2)
                .allSatisfy(body -> {
                    assertThat(JsonDocument.read(body.toCharArray(), value -> value)
                                    .leaf("password"))
                            .isEqualTo(password);
                    assertThat(body.getBytes(ISO_8859_1)).isNotEmpty();
                });
    }

    @Test
    @DisplayName("B21 all control characters and lone surrogates are escaped in JSON as JSON wants it")
    void escapesAll() {
        var text = new StringBuilder();
        for (char character = 0; character < 0x100; character++) {
            text.append(character);
        }
        String json = VaultRequest.json(Map.of("a", text.toString(), "b", "\ud83d\ude00"));

        assertThat(json.chars()).allMatch(character -> character >= ' ');
        JsonDocument<String> read = JsonDocument.read(json.toCharArray(), value -> value);
        assertThat(read.leaf("a")).isEqualTo(text.toString());
        assertThat(read.leaf("b")).isEqualTo("\ud83d\ude00");
        assertThat(VaultRequest.json(Map.of("a", "\ud800"))).isEqualTo("{\"a\":\"\\uD800\"}");
    }

    @Test
    @DisplayName("B21 a user name goes into the path as one segment, or not at all")
    void encodesUsers() {
        assertThatThrownBy(() -> VaultAuth.userpass("../../sys/raw", SecretValue.of("p")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> VaultAuth.ldap(" ", SecretValue.of("p"))).isInstanceOf(IllegalArgumentException.class);
        for (String dots : new String[] {".", ".."}) {
            assertThatThrownBy(() -> VaultAuth.userpass(dots, SecretValue.of("p")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(VaultRequest.encoded("a b?c#d%e;f@\u00e9")).isEqualTo("a%20b%3Fc%23d%25e%3Bf%40%C3%A9");
    }
}
