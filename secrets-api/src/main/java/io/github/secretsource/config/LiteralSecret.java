package io.github.secretsource.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells a configured text that is a secret from one that only names something: by the name of its key, by how it
 * begins, or by how random it is. Paths, addresses, names of roles, UUIDs and lists are none. Stateless; keeps and
 * returns no text.
 */
final class LiteralSecret {

    private static final Pattern SECRET_NAME = Pattern.compile("(|.*[-._])(password|passwd|pwd|passphrase"
            + "|secret|secret-id|token|api-?key|private-?key|account-?key|signing-?key|encryption-?key|access-?key"
            + "|shared-?key|credentials?)");
    private static final Pattern NO_SECRET_NAME =
            Pattern.compile("(|.*[-._])(ids?|names?|role|path|file|uri|url|fingerprint|thumbprint|digest|hash|sha256)");

    private static final Pattern CAMEL_CASE = Pattern.compile("([a-z0-9])([A-Z])");
    private static final Pattern PLAIN = Pattern.compile("true|false|\\$\\{.*}|(\\.{0,2}|~|[A-Za-z]:)[/\\\\][^+=]*");
    private static final Pattern PRIVATE_KEY = Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY");
    private static final Pattern USER_INFO = Pattern.compile("[a-z][a-z0-9+.-]*://[^/@\\s]*:[^/@\\s]+@");
    private static final Pattern ISSUED = Pattern.compile(
            "hv[sbr]\\.|s\\.[A-Za-z0-9]{20}|eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.|gh[opsur]_[A-Za-z0-9]{20}"
                    + "|github_pat_|glpat-|xox[abprs]-|[rs]k_live_|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30}");

    private static final Pattern RUN = Pattern.compile("[A-Za-z0-9+_-]{20,}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{32,}|[0-9A-F]{32,}");
    private static final Pattern WITHOUT_CASE = Pattern.compile("[0-9a-z]{24,}|[0-9A-Z]{24,}");

    private LiteralSecret() {}

    /**
     * Returns why a text is taken for a secret.
     *
     * @param name what its key is called, without the name of the source
     * @param isUri whether it is written as an address, which a key such as {@code token} may well want
     */
    static Optional<String> reason(String name, String text, boolean isUri) {
        String plainName = CAMEL_CASE.matcher(name).replaceAll("$1-$2").toLowerCase(Locale.ROOT);
        if (!isUri
                && SECRET_NAME.matcher(plainName).matches()
                && !PLAIN.matcher(text).matches()) {
            return Optional.of("its key says so");
        }
        Optional<String> shape = shape(text);
        boolean named = NO_SECRET_NAME.matcher(plainName).matches();
        return shape.isPresent() || named || !isRandom(text) ? shape : Optional.of("it is long and random");
    }

    /** Returns whether a text looks like a secret, whatever its key. */
    static boolean is(String text) {
        return shape(text).isPresent() || isRandom(text);
    }

    private static Optional<String> shape(String text) {
        if (PRIVATE_KEY.matcher(text).find()) {
            return Optional.of("it is a private key");
        }
        if (USER_INFO.matcher(text).lookingAt()) {
            return Optional.of("it has a password before the '@'");
        }
        return ISSUED.matcher(text).lookingAt() ? Optional.of("it begins like a token") : Optional.empty();
    }

    private static boolean isRandom(String text) {
        Matcher runs = RUN.matcher(text);
        while (runs.find()) {
            if (isRandomRun(runs.group())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether letters and digits are mixed as no name mixes them. A random text of n characters has nearly log2(n) bits
     * each, words have a bit less; the limits keep names in any case below and 19 of 20 random texts above.
     */
    private static boolean isRandomRun(String run) {
        boolean digits = run.chars().anyMatch(Character::isDigit);
        boolean lower = run.chars().anyMatch(Character::isLowerCase);
        boolean upper = run.chars().anyMatch(Character::isUpperCase);
        if (!digits || !(lower || upper)) {
            return false;
        }
        double bits = bits(run);
        double most = Math.log(run.length()) / Math.log(2);
        if (lower && upper) {
            return bits >= Math.min(most - 0.7, 4.5);
        }
        return HEX.matcher(run).matches()
                ? bits >= 3.2
                : WITHOUT_CASE.matcher(run).matches() && bits >= Math.min(most - 1, 4.1);
    }

    /** Shannon's entropy in bits per character. */
    private static double bits(String run) {
        var counts = new int[128];
        run.chars().forEach(character -> counts[character]++);
        double bits = 0;
        for (int count : counts) {
            if (count > 0) {
                double share = (double) count / run.length();
                bits -= share * Math.log(share) / Math.log(2);
            }
        }
        return bits;
    }
}
