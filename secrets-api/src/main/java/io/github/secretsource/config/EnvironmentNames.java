package io.github.secretsource.config;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSourceFactory;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Turns the names of environment variables into configuration keys. A variable has no dots or dashes, so a name is
 * matched against the keys that exist, with {@code .} and {@code -} both written {@code _}, in any case:
 * {@code SECRETS_SOURCE_ORDERS_DB_KIND} names the source {@code orders-db}, and with it
 * {@code SECRETS_SOURCE_ORDERS_DB_REFRESH_AFTER} is its {@code refresh-after}. Of two sources that fit, the longer name
 * wins. A family such as {@code mount.*} takes the rest as one kebab-case name.
 *
 * <p>{@code SECRETS_*} variables that are no known key are somebody else's and left alone;
 * {@code SECRETS_SOURCE_*} ones never are. Used by one thread.
 */
final class EnvironmentNames {

    private static final String VARIABLES = "SECRETS_";
    private static final String SOURCE = "SECRETS_SOURCE_";
    private static final String KIND = "_KIND";

    private final Map<String, String> others;
    private final SourceFactories factories;
    private final ConfigProblems problems;

    /** Knows what is configured elsewhere, which may name sources too. */
    EnvironmentNames(Map<String, String> others, Iterable<SecretSourceFactory> present, ConfigProblems problems) {
        this.others = others;
        this.problems = problems;
        this.factories = new SourceFactories(
                present, new ConfigProblems(problems::warn)); // reported when the sources are opened
    }

    /** Returns the configuration that variables hold. */
    Map<String, String> keys(Map<String, String> variables) {
        var upper = new TreeMap<String, String>();
        new TreeMap<>(variables).forEach((name, value) -> {
            String plain = name.toUpperCase(Locale.ROOT);
            if (plain.startsWith(VARIABLES) && upper.put(plain, value) != null) {
                problems.addText(plain + ": is set twice, in names that differ in case only");
            }
        });
        var keys = new TreeMap<String, String>();
        Map<String, String> sources = sources(upper);
        upper.forEach((name, value) -> {
            String key = name.startsWith(SOURCE) ? ofSource(name, sources, upper) : global(name);
            if (key != null) {
                keys.put(key, value);
            }
        });
        return keys;
    }

    private static @Nullable String global(String variable) {
        return GlobalSettings.known().stream()
                .filter(setting -> variable.equals(VARIABLES + plain(setting)))
                .map(setting -> Configuration.PREFIX + setting)
                .findFirst()
                .orElse(null);
    }

    /** Returns the sources that variables or the rest of the configuration name, by their plain names. */
    private Map<String, String> sources(Map<String, String> upper) {
        var sources = new TreeMap<String, String>();
        for (String name : upper.keySet()) {
            if (name.startsWith(SOURCE) && name.endsWith(KIND) && name.length() > SOURCE.length() + KIND.length()) {
                String plain = name.substring(SOURCE.length(), name.length() - KIND.length());
                sources.put(plain, kebab(plain));
            }
        }
        for (String key : others.keySet()) {
            int end = key.indexOf('.', SourceSection.PREFIX.length());
            if (key.startsWith(SourceSection.PREFIX) && end > 0) {
                String name = key.substring(SourceSection.PREFIX.length(), end);
                sources.put(plain(name), name);
            }
        }
        return sources;
    }

    private String ofSource(String variable, Map<String, String> sources, Map<String, String> upper) {
        String rest = variable.substring(SOURCE.length());
        String found = "";
        for (String plain : sources.keySet()) {
            if (rest.startsWith(plain + "_") && plain.length() > found.length()) {
                found = plain;
            }
        }
        int underscore = rest.indexOf('_');
        int end = found.isEmpty() ? Math.max(0, underscore) : found.length();
        String name = found.isEmpty() ? kebab(rest.substring(0, end)) : sources.getOrDefault(found, "");
        String kind = upper.getOrDefault(SOURCE + found + KIND, others.get(SourceSection.PREFIX + name + ".kind"));
        return SourceSection.PREFIX + name + "." + setting(rest.substring(Math.min(rest.length(), end + 1)), kind);
    }

    private String setting(String plain, @Nullable String kind) {
        var known = new TreeSet<>(PolicySettings.known());
        Set<ConfigKey> keys = factories.keysOf(kind);
        keys.forEach(key -> known.add(key.name()));
        known.add(SourceSection.KIND);
        for (String name : known) {
            if (plain(name).equals(plain)) {
                return name;
            }
        }
        for (String name : known) {
            String family = name.endsWith(".*") ? name.substring(0, name.length() - 1) : "";
            if (!family.isEmpty() && plain.startsWith(plain(family)) && plain.length() > family.length()) {
                return family + kebab(plain.substring(family.length()));
            }
        }
        return kebab(plain);
    }

    private static String plain(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_').replace('.', '_');
    }

    private static String kebab(String plain) {
        return plain.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
