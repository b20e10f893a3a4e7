package io.github.secretsource.config;

import io.github.secretsource.RefreshPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is configured for all sources. Immutable.
 *
 * @param audit whether the audit log is written
 */
record GlobalSettings(RefreshPolicy policy, Literals.Treatment literals, boolean audit) {

    private static final String LITERALS = "literals";
    private static final String AUDIT = "audit";
    private static final List<String> NAMES = names();

    /** Returns the names of all settings, without the prefix. */
    static List<String> known() {
        return NAMES;
    }

    private static List<String> names() {
        var names = new ArrayList<>(PolicySettings.known());
        names.add(LITERALS);
        names.add(AUDIT);
        return List.copyOf(names);
    }

    static GlobalSettings read(Map<String, String> settings, ConfigProblems problems) {
        var policy = PolicySettings.read(Configuration.PREFIX, settings, problems);
        var literals = Literals.Treatment.WARN;
        boolean audit = false;
        try {
            literals = text(settings, LITERALS, "warn").choice(Literals.Treatment.values());
        } catch (IllegalArgumentException e) {
            problems.add(e);
        }
        try {
            audit = text(settings, AUDIT, "false").flag();
        } catch (IllegalArgumentException e) {
            problems.add(e);
        }
        return new GlobalSettings(policy, literals, audit);
    }

    private static ConfigText text(Map<String, String> settings, String name, String standard) {
        return new ConfigText(Configuration.PREFIX + name, settings.getOrDefault(name, standard));
    }
}
