package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretId.Selector;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretRefTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "env:DB_PASSWORD | env | DB_PASSWORD | | env:DB_PASSWORD",
                "file:db#password | file | db | password | file:db#password",
                "vault:app/db#a key | vault | app/db | a key | vault:app/db#a key",
                "ref+vault:app/db | vault | app/db | | vault:app/db",
                "secretref+vault:app/db | vault | app/db | | vault:app/db",
                "ref:x | ref | x | | ref:x",
                "aws-ssm:/prod/db/ | aws-ssm | /prod/db/ | | aws-ssm:/prod/db/",
                "aws-sm:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf | aws-sm "
                        + "| arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf | "
                        + "| aws-sm:arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
                "aws-sm:rds!db-1b2c | aws-sm | rds!db-1b2c | | aws-sm:rds!db-1b2c",
                "mem:a.b/.hidden/x...y~@+=,! | mem | a.b/.hidden/x...y~@+=,! | | mem:a.b/.hidden/x...y~@+=,!",
                "file:app#/config.json/db/pw | file | app | /config.json/db/pw | file:app#/config.json/db/pw",
                "file:app#/tls~1crt/a~0b | file | app | /tls~1crt/a~0b | file:app#/tls~1crt/a~0b",
                "mem:a#.hidden | mem | a | .hidden | mem:a#.hidden",
                "mem:a#$id{*}<'\"> | mem | a | $id{*}<'\"> | mem:a#$id{*}<'\">",
                "mem:a#~x | mem | a | ~x | mem:a#~x",
                "mem:a#k=v:w | mem | a | k=v:w | mem:a#k=v:w",
            })
    void takesAReferenceApart(String text, String source, String path, String field, String canonical) {
        var ref = SecretRef.parse(text);

        assertThat(ref.id().source()).isEqualTo(source);
        assertThat(ref.id().path()).isEqualTo(path);
        assertThat(ref.id().selector()).isEqualTo(Selector.CURRENT);
        assertThat(ref.field()).isEqualTo(Optional.ofNullable(field));
        assertThat(ref.encoding()).isEqualTo(Encoding.NONE);
        assertThat(ref).hasToString(canonical).isEqualTo(SecretRef.parse(canonical));
    }

    @Test
    void readsParametersInAnyOrderAndPrintsThemInOne() {
        var ref = SecretRef.parse("vault:a?zone=z&encoding=hex&audience=https://x.example/y=1&version=3#/f/g");

        assertThat(ref.id().selector()).isEqualTo(Selector.VERSION);
        assertThat(ref.id().selectorValue()).contains("3");
        assertThat(ref.id().parameters())
                .containsExactly(Map.entry("audience", "https://x.example/y=1"), Map.entry("zone", "z"));
        assertThat(ref.encoding()).isEqualTo(Encoding.HEX);
        assertThat(ref.field()).contains("/f/g");
        assertThat(ref)
                .hasToString("vault:a?version=3&audience=https://x.example/y=1&zone=z&encoding=hex#/f/g")
                .isEqualTo(SecretRef.parse(ref.toString()));
    }

    @ParameterizedTest
    @CsvSource({
        "mem:a?version=1.0, VERSION, 1.0",
        "mem:a?stage=AWSPENDING, STAGE, AWSPENDING",
        "mem:a?previous, PREVIOUS,",
        "mem:a, CURRENT,"
    })
    void readsTheSelector(String text, Selector selector, String value) {
        var id = SecretRef.parse(text).id();

        assertThat(id.selector()).isEqualTo(selector);
        assertThat(id.selectorValue()).isEqualTo(Optional.ofNullable(value));
        assertThat(id.isPinned()).isEqualTo(selector == Selector.VERSION);
        assertThat(id).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({"base64, BASE64", "base64url, BASE64URL", "hex, HEX"})
    void readsTheEncoding(String name, Encoding encoding) {
        var ref = SecretRef.parse("mem:a?encoding=" + name);

        assertThat(ref.encoding()).isEqualTo(encoding);
        assertThat(ref.id()).as("the encoding is not part of the id").isEqualTo(SecretId.of("mem", "a"));
        assertThat(ref).hasToString("mem:a?encoding=" + name);
    }

    @Test
    void isTheSameWhetherParsedOrPutTogether() {
        var id = SecretId.of("vault", "app/db").atVersion("3").withParameter("audience", "x");

        var ref = SecretRef.of(id).withField("password").withEncoding(Encoding.BASE64);

        assertThat(ref).isEqualTo(SecretRef.parse("vault:app/db?version=3&audience=x&encoding=base64#password"));
        assertThat(ref).hasSameHashCodeAs(SecretRef.parse(ref.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"mem:b", "mem:a#f", "mem:a?encoding=hex", "mem:a?version=1", "mem:a?previous", "mem:a?x=1", "m:a"
            })
    void differsWhereAnyPartDiffers(String other) {
        assertThat(SecretRef.parse("mem:a"))
                .isNotEqualTo(SecretRef.parse(other))
                .isNotEqualTo("mem:a");
    }

    @Test
    void replacesFieldAndEncoding() {
        var ref = SecretRef.parse("mem:a?encoding=hex#old");

        assertThat(ref.withField("new").withEncoding(Encoding.NONE)).hasToString("mem:a#new");
        assertThat(ref).as("the original").hasToString("mem:a?encoding=hex#old");
    }

    @NullUnmarked
    @Test
    void checksAFieldAsTheParserDoes() {
        var ref = SecretRef.parse("mem:a");

        assertThatThrownBy(() -> ref.withField("a/b"))
                .isInstanceOf(InvalidSecretRefException.class)
                .hasMessageContaining("field: '/' in a literal field at 1");
        assertThatThrownBy(() -> ref.withField("")).hasMessageContaining("empty field at 0");
        assertThatThrownBy(() -> ref.withField(null)).hasMessage("field is null");
    }

    @Test
    void checksTheLengthOfTheWhole() {
        var id = SecretId.of("mem", longPath(2_044));
        var ref = SecretRef.of(id);

        assertThat(ref.toString()).hasSize(2_048);
        assertThat(SecretRef.parse(ref.toString())).isEqualTo(ref);
        assertThatThrownBy(() -> ref.withField("f")).hasMessageContaining("2050 characters long; the limit is 2048");
        assertThatThrownBy(() -> ref.withEncoding(Encoding.HEX)).hasMessageContaining("the limit is 2048");
        assertThatThrownBy(() -> SecretId.of("mem", longPath(2_045))).isInstanceOf(InvalidSecretRefException.class);
    }

    @NullUnmarked
    @Test
    void refusesNullPartsThatOnlyAProgramCanPass() {
        var ref = SecretRef.parse("mem:a");

        assertThatThrownBy(() -> SecretRef.of(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ref.withEncoding(null)).isInstanceOf(NullPointerException.class);
    }

    private static String longPath(int length) {
        var path = new StringBuilder("x".repeat(length));
        for (int at = 200; at < length - 1; at += 200) {
            path.setCharAt(at, '/');
        }
        return path.toString();
    }
}
