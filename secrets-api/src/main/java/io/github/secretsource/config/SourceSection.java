package io.github.secretsource.config;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.text.Guess;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            factories.keysOf(kind).forEach(key -> checkPresent(key, problems));
        }
        return problems.count() == before;
    }

    private void checkPresent(ConfigKey key, ConfigProblems problems) {
        if (key.isRequired() && settings.keySet().stream().noneMatch(key::matches)) {
            problems.add(key(key.name()), "is missing; set it: " + key.meaning());
        }
    }

    private void check(String setting, String text, Set<ConfigKey> keys, ConfigProblems problems) {
        if (isOfAnySource(setting)) {
            return;
        }
        Optional<ConfigKey> declared = declared(setting, keys);
        if (declared.isPresent()) {
            check(new ConfigText(key(setting), text), declared.get(), problems);
            return;
        }
        var known = new TreeSet<>(PolicySettings.known());
        keys.forEach(key -> known.add(key.name()));
        problems.add(key(setting), "unknown setting; " + Guess.hint(setting, known));
    }

    /** Has each text looked at that may be a secret itself. In a family, what the user calls a member says nothing. */
    void look(SourceFactories factories, Literals literals) {
        Set<ConfigKey> keys = factories.keysOf(kind());
        settings.forEach((setting, text) -> {
            if (!isOfAnySource(setting)) {
                Optional<ConfigKey> declared = declared(setting, keys);
                var type = declared.map(ConfigKey::type).orElse(ConfigKey.Type.TEXT);
                literals.look(key(setting), declared.map(ConfigKey::name).orElse(setting), text, type);
            }
        });
    }

    private static boolean isOfAnySource(String setting) {
        return setting.equals(KIND) || PolicySettings.known().contains(setting);
    }

    private static Optional<ConfigKey> declared(String setting, Set<ConfigKey> keys) {
        return keys.stream().filter(key -> key.matches(setting)).findFirst();
    }

    private static void check(ConfigText text, ConfigKey declared, ConfigProblems problems) {
        try {
            text.check(declared);
        } catch (IllegalArgumentException e) {
            problems.add(e);
        }
    }

    @Override
    public String toString() {
        return PREFIX + name;
    }
}
