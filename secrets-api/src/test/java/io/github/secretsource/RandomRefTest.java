package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replay a failure with {@code -Dsecretsource.seed=} and the seed it printed. */
class RandomRefTest {
    private static final String LETTERS = "abcxyzABCXYZ0189";
    private static final String PLAIN = LETTERS + "-._~@+=:,!";
    private static final String FIELD = LETTERS + "-._@+=:,!*'()<>[]{}|^`\" ";
    private static final List<String> PIECES = List.of(
            "vault:",
            "ref+",
            "secretref+",
            "..",
            "/",
            "//",
            ".",
            "?",
            "#",
            "&",
            ";",
            "=",
            "%2e",
            "\\",
            "${",
            "}",
            "~",
            "~1",
            "version=",
            "stage=",
            "previous",
            "encoding=hex",
            "\r\n",
            "\0",
            "\u0430",
            "\u202e",
            "\ud83d",
            " ",
            "a");
    private static final List<Encoding> ENCODINGS = List.of(Encoding.values());
    private static final Pattern SOURCE = Pattern.compile("(ref\\+|secretref\\+)?[a-z][a-z0-9-]{0,62}:");

    private final long seed = Long.getLong("secretsource.seed", new Random().nextLong());
    private final Random random = new Random(seed);

    @BeforeEach
    void printTheSeed() {
        System.out.println("RandomRefTest runs with -Dsecretsource.seed=" + seed);
    }

    @Test
    void printedReferencesParseBackToTheSame() {
        for (int i = 0; i < 10_000; i++) {
            var ref = randomRef();

            var parsed = SecretRef.parse(ref.toString());

            assertThat(parsed).as(() -> "seed " + seed).isEqualTo(ref).hasSameHashCodeAs(ref);
            assertThat(parsed.toString()).isEqualTo(ref.toString());
            assertThat(parsed.id().parameters()).isEqualTo(ref.id().parameters());
            assertThat(SecretRef.parse("ref+" + ref)).isEqualTo(ref);
        }
    }

    @Test
    @DisplayName("B10 B11 L7 whatever the text, the refusal is typed, printable and silent about pasted secrets")
    void refusesRandomTextsWithoutRepeatingThem() {
        int parsed = 0;

        for (int i = 0; i < 100_000; i++) {
            String text = randomText();
            try {
                assertThat(SecretRef.parse(SecretRef.parse(text).toString())).isEqualTo(SecretRef.parse(text));
                parsed++;
            } catch (InvalidSecretRefException refusal) {
                checkMessage(text, refusal.problems().get(0));
            }
        }

        assertThat(parsed).as("texts that are references; seed %d", seed).isBetween(100, 90_000);
    }

    private void checkMessage(String text, String message) {
        boolean printable = message.chars().allMatch(c -> c >= ' ' && c <= '~');
        assertThat(printable).as(() -> "printable, seed " + seed).isTrue();
        if (SOURCE.matcher(text).lookingAt()) {
            return;
        }
        for (int at = 0; at + 8 <= text.length(); at++) {
            if (message.contains(text.substring(at, at + 8))) {
                throw new AssertionError("repeats the text at " + at + ", seed " + seed);
            }
        }
    }

    private SecretRef randomRef() {
        var id = SecretId.of(word("abcxyz", "abc019-", 12), randomPath());
        switch (random.nextInt(5)) {
            case 0 -> id = id.atVersion(label());
            case 1 -> id = id.atStage(label());
            case 2 -> id = id.atPrevious();
            default -> {}
        }
        for (String name : randomNames()) {
            id = id.withParameter("x" + name, word(PLAIN + "/", PLAIN + "/", 40));
        }
        var ref = SecretRef.of(id).withEncoding(ENCODINGS.get(random.nextInt(ENCODINGS.size())));
        return switch (random.nextInt(3)) {
            case 0 -> ref;
            case 1 -> ref.withField(word(LETTERS, FIELD + "~", 20) + word(LETTERS, LETTERS, 1));
            default -> ref.withField(randomPointer());
        };
    }

    private String randomPath() {
        String segments = random.ints(1 + random.nextInt(5), 0, 3)
                .mapToObj(kind -> kind == 0 ? label() : word(LETTERS, PLAIN, 30))
                .collect(Collectors.joining("/"));
        return (random.nextInt(4) == 0 ? "/" : "") + segments + (random.nextInt(4) == 0 ? "/" : "");
    }

    private String randomPointer() {
        var pointer = new StringBuilder();
        for (int tokens = 1 + random.nextInt(4); tokens > 0; tokens--) {
            String escape = List.of("", "~0", "~1x").get(random.nextInt(3));
            pointer.append('/').append(word(LETTERS, FIELD, 12)).append(escape);
        }
        return pointer.append('z').toString();
    }

    private Set<String> randomNames() {
        return random.ints(random.nextInt(4), 0, 3)
                .mapToObj(i -> word("abc", "ab019-", 6).toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String label() {
        return word(LETTERS + "-_~@+=:,!", PLAIN, 30);
    }

    private String word(String first, String rest, int atMost) {
        var word = new StringBuilder().append(first.charAt(random.nextInt(first.length())));
        for (int more = random.nextInt(atMost); more > 0; more--) {
            word.append(rest.charAt(random.nextInt(rest.length())));
        }
        return word.toString();
    }

    private String randomText() {
        var text = new StringBuilder(random.nextInt(3) == 0 ? "vault:" : "");
        for (int pieces = random.nextInt(10); pieces > 0; pieces--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append(PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.append(word(PLAIN, PLAIN, 20));
                case 2 -> text.append((char) random.nextInt(0x180));
                default -> text.appendCodePoint(random.nextInt(20) == 0 ? random.nextInt(0x110000) : 'a');
            }
        }
        return text.toString();
    }
}
