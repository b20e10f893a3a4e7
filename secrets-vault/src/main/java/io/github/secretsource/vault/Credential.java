package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.FetchContext;
import java.nio.file.Path;

/**
 * What a login is made with, read anew each time; one line break at its end is none of it. Safe for concurrent use; prints
 * where it is, not what it is.
 */
@FunctionalInterface
interface Credential {

    /**
     * Returns the credential as it is now.
     *
     * @throws Refusal if it cannot be had
     */
    SecretValue read(FetchContext context) throws Refusal;

    static Credential of(SecretValue value) {
        return context -> checked(value, "the credential of the login");
    }

    /** In a file. */
    static Credential in(Path file) {
        return context -> {
            String name = "the file " + file.getFileName() + " for the login";
            try {
                return checked(SecretValue.of(new String(SmallFile.read(file), UTF_8)), name);
            } catch (UnusableFileException e) {
                throw Refusal.unavailable(
                        "cannot be read: " + name + " " + e.problem(), "look at that file and who may read it");
            }
        };
    }

    /** In another source. */
    static Credential from(Credential reading) {
        return context -> {
            try {
                return checked(reading.read(context), "the credential of the login");
            } catch (SecretException e) {
                throw Refusal.unavailable(
                        "cannot be read: the credential of the login, " + e.id() + ", " + e.problem(), e.fix());
            } catch (RuntimeException e) { // One without an answer, too. Its message may hold a value.
                throw Refusal.unavailable(
                        "cannot be read: the credential of the login could not be fetched: its source threw "
                                + e.getClass().getName(),
                        "see the log of that source");
            }
        };
    }

    /** A control character would be refused later, by a message that shows the whole credential. */
    private static SecretValue checked(SecretValue value, String name) throws Refusal {
        String text = value.useChars(Credential::line);
        boolean isClean = text.chars().allMatch(character -> character >= ' ' && character != 0x7F);
        if (text.isEmpty() || !isClean) {
            String problem = isClean ? " is empty" : " holds a control character";
            throw Refusal.unavailable("cannot be read: " + name + problem, "put the credential there and nothing else");
        }
        return SecretValue.of(text);
    }

    private static String line(char[] text) {
        int end = text.length;
        end -= end > 0 && text[end - 1] == '\n' ? 1 : 0;
        end -= end > 0 && text[end - 1] == '\r' ? 1 : 0;
        return new String(text, 0, end);
    }
}
