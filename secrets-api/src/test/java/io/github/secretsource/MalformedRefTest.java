package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;

@DisplayName("B1 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B42 malformed references")
class MalformedRefTest {
    private static final int NOWHERE = -1;

    static final List<Arguments> REFS = List.of(
            arguments("B1", null, NOWHERE, "reference is null"),
            arguments("B1", "", NOWHERE, "reference is empty"),
            arguments("B1", " \t", NOWHERE, "reference is blank"),
            arguments("B1", "vault", NOWHERE, "not a reference: no 'source:' prefix"),
            arguments("B1", "vault:", 6, "reference to 'vault': missing path at 6"),
            arguments("B1", "ref+vault:", 10, "missing path at 10"),
            arguments("B1", "vault:?version=3", 6, "missing path at 6"),
            arguments("B1", "vault:#key", 6, "missing path at 6"),
            arguments("B1", "vault:/", 6, "missing path at 6"),
            arguments("B1", ":app", NOWHERE, "no 'source:' prefix"),
            arguments("B2", "Vault:app", NOWHERE, "the source is [a-z][a-z0-9-]*, at most 63 characters"),
            arguments("B2", "1password:app", NOWHERE, "no 'source:' prefix"),
            arguments("B2", "ref+ref+vault:app", NOWHERE, "no 'source:' prefix"),
            arguments("B2", "a".repeat(64) + ":app", NOWHERE, "no 'source:' prefix"),
            arguments("B4", "vault:../../sys/policy", 6, "'..' segment not allowed at 6; a reference has no relative"),
            arguments("B4", "ref+vault:../x", 10, "'..' segment not allowed at 10"),
            arguments("B5", "vault:app/../../x", 10, "'..' segment not allowed at 10"),
            arguments("B5", "vault:./a", 6, "'.' segment not allowed at 6"),
            arguments("B5", "vault:a/..", 8, "'..' segment not allowed at 8"),
            arguments("B5", "vault:a/../", 8, "'..' segment not allowed at 8"),
            arguments("B5", "vault:/../a", 7, "'..' segment not allowed at 7"),
            arguments("B6", "vault:%2e%2e/", 6, "percent-encoding not allowed at 6; write the plain name"),
            arguments("B6", "vault:a%2fb", 7, "percent-encoding not allowed at 7"),
            arguments("B6", "vault:a%00", 7, "percent-encoding not allowed at 7"),
            arguments("B6", "vault:a/%252e", 8, "percent-encoding not allowed at 8"),
            arguments("B6", "vault:a?x=%2e", 10, "percent-encoding not allowed at 10"),
            arguments("B6", "vault:a#%2e", 8, "percent-encoding not allowed at 8"),
            arguments("B7", "vault:a;b=c", 7, "reserved character ';' at 7; '&' stands between parameters after '?'"),
            arguments("B7", "vault:a&b=c", 7, "reserved character '&' at 7"),
            arguments(
                    "B7", "vault:a?b=c?d=e", 11, "reserved character '?' at 11; parameters follow the path after one"),
            arguments("B7", "vault:a?b=c;d", 11, "reserved character ';' at 11"),
            arguments("B7", "vault:a#f?version=3", 9, "reserved character '?' at 9; parameters follow the path"),
            arguments("B7", "vault:a#f#g", 9, "reserved character '#' at 9; a field follows everything else"),
            arguments("B7", "vault:a#f&g", 9, "reserved character '&' at 9"),
            arguments("B7", "vault:a{b}", 7, "character '{' not allowed at 7; a path has letters, digits"),
            arguments("B7", "vault:a*", 7, "character '*' not allowed at 7"),
            arguments("B8", "vault:a//b", 8, "empty segment at 8"),
            arguments("B8", "vault://evil.example/x", 7, "empty segment at 7; write 'source:path' with single slashes"),
            arguments("B8", "https://evil.example/x", 7, "reference to 'https': empty segment at 7"),
            arguments("B8", "vault:a//", 8, "empty segment at 8"),
            arguments("B9", "vault:a\\b", 7, "backslash at 7; segments are separated by '/'"),
            arguments("B9", "vault:a#b\\c", 9, "backslash at 9"),
            arguments("B10", "e:\r\n", 2, "control character U+000D at 2"),
            arguments("B10", "vault:a\nb", 7, "control character U+000A at 7"),
            arguments("B10", "vault:a\0b", 7, "control character U+0000 at 7"),
            arguments("B10", "vault:a\tb", 7, "control character U+0009 at 7"),
            arguments("B10", "vault:a\u007f", 7, "control character U+007F at 7"),
            arguments("B10", "vault:a\u0085b", 7, "control character U+0085 at 7"),
            arguments("B10", "vault:a?x=\r", 10, "control character U+000D at 10"),
            arguments("B10", "vault:a#f\r\nX", 9, "control character U+000D at 9"),
            arguments("B10", "va\rult:a", 2, "no 'source:' prefix, control or non-ASCII character at 2"),
            arguments("B11", "vault:p\u0430ypal", 7, "non-ASCII character U+0430 at 7"),
            arguments("B11", "vault:a\u200bb", 7, "non-ASCII character U+200B at 7"),
            arguments("B11", "vault:a\u202eb", 7, "non-ASCII character U+202E at 7"),
            arguments("B11", "vault:e\u0301", 7, "non-ASCII character U+0301 at 7"),
            arguments("B11", "vault:\u00e9", 6, "non-ASCII character U+00E9 at 6"),
            arguments("B11", "vault:\ud83d\udd11", 6, "non-ASCII character U+1F511 at 6"),
            arguments("B11", "vault:\ud83d", 6, "non-ASCII character U+D83D at 6"),
            arguments("B11", "vault:a#\u0430", 8, "non-ASCII character U+0430 at 8"),
            arguments("B11", "v\u0430ult:a", 1, "no 'source:' prefix, control or non-ASCII character at 1"),
            arguments("B11", "\ufeffvault:a", 0, "control or non-ASCII character at 0"),
            arguments("B12", "vault:a b", 7, "space at 7"),
            arguments("B12", " vault:a", 0, "space at 0; write 'source:path', the source is [a-z][a-z0-9-]*"),
            arguments("B12", " vault:a", 0, "(it is valid without the blanks around it)"),
            arguments(
                    "B12",
                    "vault:a\n",
                    7,
                    "U+000A at 7; a path has letters, digits, '/' and -._~@+=:,! only (it is valid"),
            arguments("B12", "vault:a#f ", 9, "space at 9"),
            arguments("B12", "vault:a#f ", 9, "(it is valid without the blanks around it)"),
            arguments("B12", "vault:a# f", 8, "space at 8; a field is printable ASCII without blanks at its ends"),
            arguments("B12", "vault : a", 5, "space at 5"),
            arguments("B13", "vault:" + "x".repeat(10_000), NOWHERE, "10006 characters long; the limit is 2048"),
            arguments("B13", "vault:a/" + "x".repeat(256), 8, "segment of 256 characters at 8; the limit is 255"),
            arguments("B13", "vault:" + "x/".repeat(1_022), NOWHERE, "2050 characters long; the limit is 2048"),
            arguments("B13", "vault:a#" + "x".repeat(256), 8, "field of 256 characters at 8; the limit is 255"),
            arguments("B13", "vault:a#/" + "x".repeat(256), 9, "token of 256 characters at 9; the limit is 255"),
            arguments("B13", "vault:a?x=" + "x".repeat(256), 10, "parameter of 256 characters at 10; the limit"),
            arguments("B14", "k8s:a#..data", 6, "field begins with '..' at 6"),
            arguments("B14", "k8s:a#..", 6, "'..' field not allowed at 6"),
            arguments("B14", "k8s:a#.", 6, "'.' field not allowed at 6"),
            arguments("B14", "k8s:..data/x", 4, "segment begins with '..' at 4"),
            arguments("B14", "k8s:a#a/../b", 7, "'/' in a literal field at 7; write a JSON pointer"),
            arguments("B42", "vault:${a}", 6, "placeholder '${' at 6; references are never expanded"),
            arguments("B42", "vault:a/$NAME", 8, "'$' at 8; references are never expanded"),
            arguments("B42", "vault:a?version=${v}", 16, "placeholder '${' at 16; references are never expanded"),
            arguments("B42", "vault:a#x${f}", 9, "placeholder '${' at 9; references are never expanded"),
            arguments("B42", "${vault:a}", 0, "placeholder '${' at 0; references are never expanded"),
            arguments("B42", "ref+${a}", 4, "placeholder '${' at 4; references are never expanded"),
            arguments("parameters", "vault:a?", 8, "empty parameter at 8"),
            arguments("parameters", "vault:a?x=1&", 12, "empty parameter at 12"),
            arguments("parameters", "vault:a?x=1&&y=2", 12, "empty parameter at 12"),
            arguments("parameters", "vault:a?#f", 8, "empty parameter at 8"),
            arguments("parameters", "vault:a?x", 8, "parameter 'x' without a value at 8; write 'x=value'"),
            arguments("parameters", "vault:a?x=", 10, "empty value at 10"),
            arguments("parameters", "vault:a?version=", 16, "empty value at 16"),
            arguments("parameters", "vault:a?version", 8, "parameter 'version' without a value at 8"),
            arguments("parameters", "vault:a?X=1", 8, "character 'X' not allowed at 8; a parameter name is [a-z]"),
            arguments("parameters", "vault:a?=1", 8, "character '=' not allowed at 8"),
            arguments("parameters", "vault:a?x=1&x=2", 12, "duplicate parameter 'x' at 12"),
            arguments("parameters", "vault:a?version=1&version=1", 18, "duplicate parameter 'version' at 18"),
            arguments("parameters", "vault:a?version=1&stage=b", 18, "'version' and 'stage' exclude each other at 18"),
            arguments(
                    "parameters",
                    "vault:a?previous&version=1",
                    17,
                    "'previous' and 'version' exclude each other at 17"),
            arguments("parameters", "vault:a?previous=1", 16, "value of 'previous' at 16; 'previous' takes no value"),
            arguments("parameters", "vault:a?previous=", 16, "'previous' takes no value"),
            arguments("parameters", "vault:a?version=1/2", 17, "'/' at 17; a version or a stage has none"),
            arguments("parameters", "vault:a?version=..", 16, "'..' value not allowed at 16"),
            arguments(
                    "parameters",
                    "vault:a?encoding=rot13",
                    17,
                    "unknown encoding at 17; known: base64, base64url, hex"),
            arguments("parameters", "vault:a?encoding=none", 17, "unknown encoding at 17"),
            arguments("parameters", "vault:a?encoding=BASE64", 17, "unknown encoding at 17"),
            arguments("fields", "vault:a#", 8, "empty field at 8; leave out '#' or name a field"),
            arguments("fields", "vault:a#/", 9, "empty token in a JSON pointer at 9"),
            arguments("fields", "vault:a#/a//b", 11, "empty token in a JSON pointer at 11"),
            arguments("fields", "vault:a#/a/", 11, "empty token in a JSON pointer at 11"),
            arguments("fields", "vault:a#/a~", 10, "'~' in a JSON pointer at 10; it is followed by 0 (for '~') or 1"),
            arguments("fields", "vault:a#/~2", 9, "'~' in a JSON pointer at 9"),
            arguments("fields", "vault:a#/~/0", 9, "'~' in a JSON pointer at 9"),
            arguments("fields", "vault:a#/../b", 9, "'..' field not allowed at 9"),
            arguments("fields", "vault:a#/b/..", 11, "'..' field not allowed at 11"),
            arguments("fields", "vault:a#/b~1..~1c", 12, "'..' field not allowed at 12"),
            arguments("fields", "vault:a#/..~1c", 9, "'..' field not allowed at 9"));

    @ParameterizedTest(name = "{0} {3}")
    @FieldSource("REFS")
    void saysWhereAndWhatTheRuleIs(String row, String text, int position, String words) {
        var refusal = refusalOf(text);

        assertThat(refusal).hasMessageContaining(words).hasNoCause();
        assertThat(refusal.problems().get(0)).matches("[ -~]+");
        assertThat(refusal.problems().get(0)).hasSizeLessThan(300);
        assertThat(refusal.position()).isEqualTo(position == NOWHERE ? OptionalInt.empty() : OptionalInt.of(position));
        assertThat(refusal.problems()).containsExactly(refusal.getMessage());
    }

    @Test
    @DisplayName("L7 a password pasted in place of a reference is not repeated")
    void doesNotRepeatAPastedSecret() {
        assertThat(refusalOf("hunter2-correct-horse").getMessage()).doesNotContain("hunter2", "correct", "horse");
        assertThat(refusalOf("S3cr3t!").getMessage()).doesNotContain("S3cr3t");
        assertThat(refusalOf("-----BEGIN PRIVATE KEY-----\nMIIE").getMessage()).doesNotContain("BEGIN", "MIIE");
    }

    @Test
    @DisplayName("L7 what follows the source is not repeated")
    void doesNotRepeatWhatFollowsTheSource() {
        assertThat(refusalOf("https://user:hunter2@host/").getMessage()).doesNotContain("user", "hunter2", "host");
        assertThat(refusalOf("vault:hunter2%41").getMessage()).doesNotContain("hunter2");
        assertThat(refusalOf("vault:a?encoding=hunter2").getMessage()).doesNotContain("hunter2");
    }

    private static InvalidSecretRefException refusalOf(String text) {
        var refusal = catchThrowableOfType(InvalidSecretRefException.class, () -> SecretRef.parse(text));
        assertThat(refusal).as("refusal").isNotNull();
        return refusal;
    }
}
