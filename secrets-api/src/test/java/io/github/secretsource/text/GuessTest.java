package io.github.secretsource.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuessTest {
    private static final Set<String> KNOWN = Set.of("vault", "file", "env", "aws-sm", "aws-ssm");

    @ParameterizedTest
    @DisplayName("B2 an unknown source comes with the nearest known one")
    @CsvSource({
        "vualt, vault",
        "valt, vault",
        "vaultt, vault",
        "vaalt, vault",
        "fil, file",
        "envv, env",
        "aws-smm, aws-sm",
        "aws-s, aws-sm",
        "en, env"
    })
    void findsTheNearestName(String asked, String meant) {
        assertThat(Guess.nearest(asked, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"consul", "gcp", "k8s", "x", "''"})
    void guessesNothingFarFetched(String asked) {
        assertThat(Guess.nearest(asked, KNOWN)).isEmpty();
    }

    @Test
    void takesTheFirstOfEquallyNearNames() {
        assertThat(Guess.nearest("bat", List.of("cat", "hat", "bar"))).contains("bar");
    }

    @Test
    void comparesNoNamesThatAreTooLong() {
        assertThat(Guess.nearest("a".repeat(64), List.of("a".repeat(63)))).isEmpty();
        assertThat(Guess.nearest("a".repeat(63), List.of("a".repeat(64)))).isEmpty();
    }

    @Test
    void listsTheKnownNamesInOrder() {
        assertThat(Guess.hint("vualt", Set.of("vault", "file", "env")))
                .isEqualTo("known: env, file, vault; did you mean 'vault'?");
        assertThat(Guess.hint("x", KNOWN)).isEqualTo("known: aws-sm, aws-ssm, env, file, vault");
        assertThat(Guess.hint("x", Set.of())).isEqualTo("known: none");
    }

    @Test
    void listsTwentyNamesAtMost() {
        var many = IntStream.range(10, 35).mapToObj(i -> "source-" + i).toList();

        assertThat(Guess.hint("x", many)).endsWith("source-29 and 5 more");
    }

    @Test
    void comparesInAnySpellingWhereAskedTo() {
        assertThat(Guess.nearestInAnySpelling("db-pasword", Set.of("DB_PASSWORD", "HOME")))
                .contains("DB_PASSWORD");
        assertThat(Guess.nearest("db-pasword", Set.of("DB_PASSWORD", "HOME"))).isEmpty();
    }

    @Test
    void passesOverWhatNobodyWouldGiveAsAName() {
        assertThat(Guess.nearestInAnySpelling("password", Set.of("pass word", "9password", "x".repeat(64))))
                .isEmpty();
    }

    @Test
    void saysOfWhichSortTheNamesAreAndCutsLongOnes() {
        assertThat(Guess.hint("fields", "usr", Set.of("user", "password")))
                .isEqualTo("fields: password, user; did you mean 'user'?");
        assertThat(Guess.listed("fields", Set.of("a".repeat(64)))).isEqualTo("fields: " + "a".repeat(63) + "...");
    }
}
