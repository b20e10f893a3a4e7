package io.github.secretsource;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.FakeTime;
import io.github.secretsource.text.JsonDocument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretJsonTest {

    @Test
    void readsAMemberOfTheObjectThatTheValueIs() {
        var secret = TestSecrets.whole(" {\"user\" : \"ann\", \"password\":\"p\\u00e4\\n\\\"\"}\r\n");

        assertThat(secret.field("user").reveal()).isEqualTo("ann");
        assertThat(secret.field("password").reveal()).isEqualTo("pä\n\"");
        assertThat(secret.fieldNames()).containsExactly("password", "user");
    }

    @Test
    void followsAPointerThroughObjectsAndArrays() {
        var secret = TestSecrets.whole("{\"a\":[10,{\"b/c\":\"x\"}],\"\":{\"\":\"empty\"}}");

        assertThat(secret.field("/a/0").reveal()).isEqualTo("10");
        assertThat(secret.field("/a/1/b~1c").reveal()).isEqualTo("x");
        assertThat(secret.field("//").reveal()).isEqualTo("empty");
        assertThat(secret.findField("/a/2")).isEmpty();
        assertThat(secret.findField("/a/00")).isEmpty();
        assertThat(secret.findField("/a/-")).isEmpty();
        assertThat(secret.findField("/a/0/x")).isEmpty();
    }

    @Test
    void followsAPointerIntoAField() {
        var secret = TestSecrets.fields(Map.of("config.json", "{\"db\":{\"pw\":\"x\"}}", "plain", "text"));

        assertThat(secret.field("/config.json/db/pw").reveal()).isEqualTo("x");
        assertThat(secret.findField("/plain/x")).isEmpty();
        assertThat(secret.findField("config.json/db")).isEmpty();
    }

    @Test
    void stillGivesTheWholeValue() {
        assertThat(TestSecrets.whole("{\"a\":1}").value().reveal()).isEqualTo("{\"a\":1}");
    }

    @Test
    @DisplayName("B22 32 levels are read")
    void readsAsDeepAsTheLimit() {
        String json = "{\"a\":".repeat(32) + "1" + "}".repeat(32);

        assertThat(TestSecrets.whole(json).field("/a".repeat(32)).reveal()).isEqualTo("1");
    }

    @ParameterizedTest
    @DisplayName("B22 deeper JSON is malformed, however deep")
    @ValueSource(ints = {33, 5_000, 20_000, 100_000})
    void refusesDeeperNesting(int depth) {
        assertThat(problem("{\"a\":".repeat(depth)))
                .isEqualTo("is JSON of more than 32 levels at line 1, column " + (32 * 5 + 1));
        assertThat(problem("{\"a\":" + "[".repeat(depth)))
                .isEqualTo("is JSON of more than 32 levels at line 1, column " + (5 + 32));
    }

    @ParameterizedTest
    @DisplayName("B23 a name given twice in one object is malformed, and named")
    @ValueSource(
            strings = {
                "{'password':'a','password':'b'}",
                "{'x':{'password':'a','y':1,'password':'b'}}",
                "{'x':[1,{'password':null,'passw\\u006frd':null}]}"
            })
    void refusesDuplicateNames(String json) {
        assertThat(problem(quoted(json))).startsWith("is JSON with the name 'password' twice at line 1, column ");
    }

    @Test
    void takesOneNameInDifferentObjects() {
        assertThat(TestSecrets.whole("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}")
                        .field("/b/1/a")
                        .reveal())
                .isEqualTo("2");
    }

    @ParameterizedTest
    @DisplayName("B24 numbers are the text they are written as")
    @ValueSource(strings = {"0", "-0", "1e400", "1E+2", "0.10", "12345678901234567890.10", "-1.50e-07"})
    void keepsNumbersAsWritten(String number) {
        assertThat(TestSecrets.whole("{\"n\":" + number + "}").field("n").reveal())
                .isEqualTo(number);
    }

    @Test
    @DisplayName("B24 a number has at most 1,000 digits")
    void limitsDigits() {
        assertThat(TestSecrets.whole("{\"n\":" + "1".repeat(1_000) + "}")
                        .field("n")
                        .revealBytes())
                .hasSize(1_000);
        assertThat(problem("{\"n\":" + "1".repeat(10_000) + "}"))
                .startsWith("is JSON with a number of more than 1,000 digits at line 1");
    }

    @Test
    @DisplayName("B25 null is as if it were not there, and the message says so")
    void takesNullAsAbsent() {
        var secret = TestSecrets.whole("{\"password\":null,\"user\":\"ann\"}");

        assertThat(secret.findField("password")).isEmpty();
        assertThat(secret.fieldNames()).containsExactly("user");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> secret.field("password"))
                .withMessageStartingWith("mem:app has no field 'password': it is null; ");
    }

    @Test
    @DisplayName("B25 a boolean is true or false")
    void takesBooleansAsText() {
        var secret = TestSecrets.whole("{\"a\":true,\"b\":false}");

        assertThat(secret.field("a").reveal()).isEqualTo("true");
        assertThat(secret.field("b").reveal()).isEqualTo("false");
    }

    @Test
    @DisplayName("B25 an object or array is its text, exactly as it is written")
    void givesNestedPartsAsText() {
        String object = "{ \"b\": 1.50,\n\t\"c\":\"\\u00e4\" }";
        var secret = TestSecrets.whole("\uFEFF {\"ä😀\": 1, \"a\" :" + object + " , \"l\": [ 1, [] ]}");

        assertThat(secret.field("a").reveal()).isEqualTo(object);
        assertThat(secret.field("/l").reveal()).isEqualTo("[ 1, [] ]");
        assertThat(secret.field("/l/1").reveal()).isEqualTo("[]");
    }

    @Test
    @DisplayName("B25 the text of a part is right beyond the buffers of the parser")
    void givesPartsOfLargeDocumentsAsText() {
        String part = "{\"q\":\"" + "y\\n".repeat(20_000) + "\",\n \"r\":[0 ]}";
        var secret = TestSecrets.whole("{\"p\":\"" + "x".repeat(9_000) + "\",\r\n\"part\":  " + part + "  ,\"z\":{}}");

        assertThat(secret.field("part").reveal()).isEqualTo(part);
        assertThat(secret.field("z").reveal()).isEqualTo("{}");
    }

    @Test
    @DisplayName("B26 a byte order mark is accepted")
    void acceptsAByteOrderMark() {
        assertThat(TestSecrets.whole("\uFEFF{\"a\":\"x\"}").field("a").reveal()).isEqualTo("x");
    }

    @ParameterizedTest(name = "{0} at {1}:{2}")
    @DisplayName("B26 what is not JSON is malformed, with the place")
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "{\"a\":NaN}, 1, 6",
                "{\"a\":Infinity}, 1, 6",
                "{/*x*/}, 1, 2",
                "{} //x, 1, 4",
                "{'a':1}, 1, 2",
                "{a:1}, 1, 2",
                "`{\"a\":1,}`, 1, 8",
                "`{\"a\":[1,]}`, 1, 9",
                "`{\"a\":1,,\"b\":2}`, 1, 8",
                "{\"a\" 1}, 1, 6",
                "{\"a\":1 \"b\":2}, 1, 10",
                "{\"a\":01}, 1, 7",
                "{\"a\":+1}, 1, 6",
                "{\"a\":1.}, 1, 8",
                "{\"a\":.1}, 1, 6",
                "{\"a\":0x1}, 1, 7",
                "{\"a\":tru}, 1, 9",
                "{\"a\":\"\\x\"}, 1, 8",
                "{\"a\":\"\\u00g0\"}, 1, 11",
                "{\"a\":[}, 1, 7",
                "{} {}, 1, 4",
                "{}}, 1, 3",
                "{\"a\":1, 1, 7",
                "{\"a\":\"x, 1, 8",
                "{, 1, 2",
                "`{\n\"a\":1,\r\n  x}`, 3, 3",
            })
    void refusesWhatIsNotJson(String json, int line, int column) {
        assertThat(problem(json)).isEqualTo("is malformed JSON at line " + line + ", column " + column);
    }

    @Test
    @DisplayName("B26 control characters in strings are malformed")
    void refusesControlCharacters() {
        assertThat(problem("{\"a\":\"x\ny\"}")).startsWith("is malformed JSON at line 1");
        assertThat(problem("{\"a\":\"x\0y\"}")).startsWith("is malformed JSON at line 1");
        assertThat(problem("{}\0")).startsWith("is malformed JSON at line 1");
    }

    @Test
    @DisplayName("B26 UTF-16 is not read as JSON")
    void refusesUtf16() {
        String json = "{\"a\":\"x\"}";

        assertThat(problem(("\uFEFF" + json).getBytes(UTF_16LE))).isEqualTo("is not UTF-8 text at byte 0");
        assertThat(problem(("\uFEFF" + json).getBytes(UTF_16BE))).isEqualTo("is not UTF-8 text at byte 0");
        assertThat(problem(json.getBytes(UTF_16LE))).startsWith("is malformed JSON at line 1");
        assertThat(problem(json.getBytes(UTF_16BE))).isEqualTo("is not a JSON object");
    }

    @ParameterizedTest
    @DisplayName("B27 half a surrogate pair is malformed, in values and in names")
    @ValueSource(strings = {"{'a':'\\ud800'}", "{'a':'\\udc00\\ud800'}", "{'\\ud800':1}", "{'a':[{'b':'x\\udfffx'}]}"})
    void refusesLoneSurrogates(String json) {
        assertThat(problem(quoted(json))).startsWith("is JSON with half a surrogate pair at line 1, column ");
    }

    @Test
    void readsWholeSurrogatePairs() {
        assertThat(TestSecrets.whole("{\"a\":\"\\ud83d\\ude00\"}").field("a").reveal())
                .isEqualTo("😀");
    }

    @ParameterizedTest
    @DisplayName("B28 what is no object has no fields, and can be had as a whole")
    @ValueSource(strings = {"[1,2]", "[", "\"text\"", "12", "true", "null", "hunter2", "", " \n", "\uFEFF"})
    void tellsWhatIsNoObject(String text) {
        var secret = TestSecrets.whole(text);

        assertThat(problem(text)).isEqualTo("is not a JSON object");
        assertThat(secret.findField("asked")).isEmpty();
        assertThat(secret.fieldNames()).isEmpty();
        assertThat(secret.value().reveal()).isEqualTo(text);
    }

    @Test
    @DisplayName("B29 a missing member is named with those that are there")
    void namesTheMembersThatAreThere() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.whole("{\"db\":{\"password\":1,\"user\":2}}")
                        .field("/db/pasword"))
                .withMessage("mem:app has no field '/db/pasword'; fields: password, user; did you mean 'password'?");
    }

    @Test
    @DisplayName("B29 a pointer that goes on after a text is told how far it got")
    void tellsWhereAPointerEnds() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(
                        () -> TestSecrets.whole("{\"db\":{\"user\":\"ann\"}}").field("/db/user/name"))
                .withMessage("mem:app has no field '/db/user/name': there is nothing inside '/db/user';"
                        + " leave out what follows '/db/user'");
    }

    @Test
    void namesTheFieldThatIsMalformed() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(
                        () -> TestSecrets.fields(Map.of("config.json", "{\n]")).field("/config.json/a"))
                .withMessage("mem:app has no field '/config.json/a': field 'config.json' is malformed JSON at line 2,"
                        + " column 1; correct its content in the store");
    }

    @Test
    void refusesMalformedJsonAlsoWhereAFieldIsOptional() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> TestSecrets.whole("{").findField("a"));
    }

    @Test
    void listsNoNamesOfMalformedJson() {
        assertThat(TestSecrets.whole("{\"a\":1").fieldNames()).isEmpty();
    }

    @Test
    void readsNoMoreThanOneMebibyte() {
        String json = "{\"a\":\"" + "x".repeat(JsonDocument.MAX_BYTES - 8) + "\"}";

        assertThat(TestSecrets.whole(json).fieldNames()).containsExactly("a");
        assertThat(problem(json + " ")).isEqualTo("is larger than 1 MiB, too large to be read as JSON");
    }

    @Test
    void readsNoMoreThanTenThousandValues() {
        assertThat(problem("{\"a\":[0" + ",0".repeat(10_000) + "]}")).startsWith("is JSON of more than 10,000 values");
        assertThat(TestSecrets.whole("{\"a\":[0" + ",0".repeat(9_998) + "]}").fieldNames())
                .hasSize(1);
    }

    @Test
    void readsOneDocumentOnceAlsoWhenItIsMalformed() {
        var secret = TestSecrets.whole("{");

        assertThatExceptionOfType(SecretFormatException.class).isThrownBy(() -> secret.field("a"));
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> secret.field("b"))
                .withMessageContaining("'b'");
    }

    @Test
    void readsAnObjectOnceAndGivesTheSameValueEachTime() {
        var secret = TestSecrets.whole("{\"a\":\"x\"}");

        assertThat(secret.field("a")).isSameAs(secret.field("a")).isSameAs(secret.field("/a"));
    }

    @Test
    void readsAnObjectOncePerVersion() {
        var memory = InMemorySecrets.create();
        memory.put("app", "{\"db\":{\"pw\":\"x\"}}");
        try (var secrets =
                Secrets.builder().time(FakeTime.create()).source("mem", memory).build()) {
            var first = secrets.get("mem:app#/db/pw");

            assertThat(secrets.get("mem:app#/db/pw")).isSameAs(first);
            assertThat(secrets.secret("mem:app").field("/db/pw")).isSameAs(first);
        }
    }

    @Test
    @DisplayName("B26 whatever the bytes are, they are read or refused as malformed")
    void refusesRandomDamage() {
        var random = new Random(26);
        byte[] json = "{\"a\":[1.5e3,{\"b\":\"x\\ud83d\\ude00\"}],\"c\":true,\"d\":null,\"e\":\"\"}".getBytes(UTF_8);
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = Arrays.copyOf(json, json.length - random.nextInt(3));
            for (int hit = random.nextInt(4); hit >= 0; hit--) {
                byte other = random.nextBoolean() ? json[random.nextInt(json.length)] : (byte) random.nextInt(256);
                damaged[random.nextInt(damaged.length)] = other;
            }

            var thrown = catchThrowable(() -> TestSecrets.whole(damaged).findField("/a/1/b"));

            assertThat(thrown == null || thrown instanceof SecretFormatException)
                    .as("round %d", round)
                    .isTrue();
        }
    }

    @Test
    void answersManyThreadsAtOnce() throws Exception {
        var secret = TestSecrets.whole("{\"a\":{\"b\":\"x\"}}");
        var start = new CountDownLatch(1);
        var threads = Executors.newFixedThreadPool(8);
        try {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 8; i++) {
                Callable<String> reading = () -> {
                    start.await();
                    return secret.field("/a/b").reveal();
                };
                answers.add(threads.submit(reading));
            }

            start.countDown();

            for (var answer : answers) {
                assertThat(answer.get()).isEqualTo("x");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** What is wrong with a value that is asked for a field. */
    private static String problem(String json) {
        return problem(json.getBytes(UTF_8));
    }

    private static String problem(byte[] json) {
        String before = "has no field 'asked': it ";
        var thrown = catchThrowableOfType(
                SecretFormatException.class, () -> TestSecrets.whole(json).field("asked"));
        String problem = thrown.problem();
        assertThat(thrown).hasMessageStartingWith("mem:app " + problem + "; ");
        return problem.startsWith(before) ? problem.substring(before.length()) : "";
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
