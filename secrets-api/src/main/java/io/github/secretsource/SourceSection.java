package io.github.secretsource;

import io.github.secretsource.spi.ConfigKey;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What is configured for one source: settings without the prefix. Prints no setting. */
record SourceSection(String name, Map<String, String> settings) {

    static final String PREFIX = "secrets.source.";
    static final String KIND = "kind";

    @Nullable
    String kind() {
        return settings.get(KIND);
    }

    /** The whole key of a setting. */
    String key(String setting) {
        return PREFIX + name + "." + setting;
    }

    /** Checks everything that can be checked without opening the source; returns whether all is well. */
    boolean check(SourceFactories factories, ConfigProblems problems) {
        int before = problems.count();
        String kind = kind();
        if (kind == null) {
            problems.add(key(KIND), "is missing; known kinds: " + factories.known());
        } else if (factories.of(kind).isEmpty()) {
            problems.add(key(KIND), factories.unknown(new ConfigText(key(KIND), kind), kind));
        } else {
            settings.forEach((setting, text) -> check(setting, text, factories.keysOf(kind), problems));
        }
        return problems.count() == before;
    }

    private void check(String setting, String text, Iterable<ConfigKey> keys, ConfigProblems problems) {
        if (setting.equals(KIND) || PolicySettings.known().contains(setting)) {
            return;
        }
        var known = new TreeSet<>(PolicySettings.known());
        for (ConfigKey key : keys) {
            if (key.matches(setting)) {
                check(new ConfigText(key(setting), text), key.type(), problems);
                return;
            }
            known.add(key.name());
        }
        problems.add(key(setting), "unknown setting; " + Guess.hint(setting, known));
    }

    private static void check(ConfigText text, ConfigKey.Type type, ConfigProblems problems) {
        try {
            text.check(type);
        } catch (IllegalArgumentException e) {
            problems.add(e);
        }
    }

    @Override
    public String toString() {
        return PREFIX + name;
    }
}
