package io.github.secretsource.config;

import io.github.secretsource.InvalidSecretRefException;
import io.github.secretsource.SecretRef;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.text.Printable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One configured text and the key it was found under. Read as another type it is checked; the error names the key, and
 * the text only where it was meant to be a number, a flag or a length of time and does not look like a secret. The text
 * is never expanded.
 */
final class ConfigText {

    private static final int LONGEST_ECHO = 40;
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);
    private static final String WAYS = "; write 500ms, 30s, 5m, 1h, 1d or ISO-8601 such as PT30S";
    private static final Pattern SHORT_DURATION = Pattern.compile("(-?[0-9]+)(ms|s|m|h|d)");

    private final String key;
    private final String text;

    ConfigText(String key, String text) {
        this.key = key;
        this.text = text;
    }

    /** Returns a duration that fits into a count of nanoseconds and is not negative. */
    Duration duration() {
        Duration parsed;
        try {
            Matcher match = SHORT_DURATION.matcher(text);
            parsed = match.matches() ? scaled(Long.parseLong(match.group(1)), match.group(2)) : Duration.parse(text);
        } catch (NumberFormatException | ArithmeticException e) {
            throw tooLong();
        } catch (DateTimeException e) {
            boolean tooLong = e.getCause() != null; // it has a cause where a part of the right form is too large
            throw tooLong ? tooLong() : refused("is not a length of time: " + echo() + WAYS);
        }
        if (parsed.compareTo(LONGEST) > 0) {
            throw tooLong();
        }
        if (parsed.isNegative()) {
            throw refused("must not be negative: " + echo());
        }
        return parsed;
    }

    private IllegalArgumentException tooLong() {
        return refused("must be shorter than 292 years: " + echo());
    }

    private static Duration scaled(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    long number() {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw refused("is not a whole number of at most 18 digits: " + echo());
        }
    }

    /** Returns a whole number in the range of its key. */
    long number(ConfigKey declared) {
        long number = number();
        if (number < declared.least() || number > declared.most()) {
            String most = declared.most() == Long.MAX_VALUE ? "" : " and at most " + declared.most();
            throw refused("must be at least " + declared.least() + most + ": " + echo());
        }
        return number;
    }

    boolean flag() {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw refused("must be true or false: " + echo());
        };
    }

    /** Returns the constant that the text names in kebab-case. */
    <E extends Enum<E>> E choice(E[] choices) {
        var names = new ArrayList<String>();
        for (E choice : choices) {
            String name = choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.equals(text)) {
                return choice;
            }
            names.add(name);
        }
        throw refused("must be one of " + String.join(", ", names) + ": " + echo());
    }

    /** Checks that the text is a reference. What is none may be the secret itself and is not shown. */
    void ref() {
        try {
            SecretRef unused = SecretRef.parse(text);
        } catch (InvalidSecretRefException e) {
            throw refused("must be a reference, such as file:app#token; a secret itself belongs into a store");
        }
    }

    Path path() {
        try {
            if (!text.isEmpty()) {
                return Path.of(text);
            }
        } catch (InvalidPathException e) {
            throw refused("is not a path, at character " + Math.max(0, e.getIndex()));
        }
        throw refused("is empty; a path is wanted");
    }

    URI uri() {
        try {
            var uri = new URI(text);
            if (uri.isAbsolute()) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw refused("is not a URI, at character " + Math.max(0, e.getIndex()));
        }
        throw refused("must be an absolute URI, with its scheme");
    }

    /** Returns the text for a message about something that should not be secret, unless it looks like that. */
    String echo() {
        if (LiteralSecret.is(text)) {
            return "(not shown, since it looks like a secret)";
        }
        return "'" + Printable.cut(Printable.text(Printable.cut(text, LONGEST_ECHO)), LONGEST_ECHO) + "'";
    }

    private IllegalArgumentException refused(String problem) {
        return new IllegalArgumentException(ConfigProblems.shown(key) + ": " + problem);
    }

    /** Checks that the text can be read as the key says. */
    void check(ConfigKey declared) {
        switch (declared.type()) {
            case DURATION -> duration();
            case NUMBER -> number(declared);
            case FLAG -> flag();
            case PATH -> path();
            case URI -> uri();
            case REF -> ref();
            case TEXT -> {}
        }
    }

    @Override
    public String toString() {
        return key;
    }
}
