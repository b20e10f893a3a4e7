package io.github.secretsource;

import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What configuration asks for: sources, not started, and policies. Keys are {@code secrets.source.<name>.kind}, the
 * keys of that kind, and the settings of {@link RefreshPolicy} for one source or, without {@code source.<name>}, for
 * all. Values are data: nothing in them is expanded. Immutable; prints no value.
 */
final class Configuration {

    static final String PREFIX = "secrets.";

    private final Map<String, SecretSource> sources;
    private final Map<String, RefreshPolicy> policies;
    private final RefreshPolicy policy;

    private Configuration(
            Map<String, SecretSource> sources, Map<String, RefreshPolicy> policies, RefreshPolicy policy) {
        this.sources = sources;
        this.policies = policies;
        this.policy = policy;
    }

    /**
     * Reads a configuration with the factories on the class path.
     *
     * @throws IllegalArgumentException that lists everything that is wrong; no source is left open
     */
    static Configuration read(Map<String, String> config) {
        return read(config, SourceFactories.onClassPath());
    }

    /** Reads a configuration with these factories. */
    static Configuration read(Map<String, String> config, Iterable<SecretSourceFactory> present) {
        var problems = new ConfigProblems();
        var global = new TreeMap<String, String>();
        var sections = new TreeMap<String, SourceSection>();
        config.entrySet().stream()
                .sorted(Comparator.comparing(entry -> String.valueOf(entry.getKey())))
                .forEach(entry -> sort(entry.getKey(), entry.getValue(), global, sections, problems));
        RefreshPolicy policy = PolicySettings.read(PREFIX, global, problems);
        var policies = new LinkedHashMap<String, RefreshPolicy>();
        sections.forEach((name, section) ->
                policies.put(name, PolicySettings.read(section + ".", section.settings(), problems)));
        var opening = new SourceOpening(sections.values(), new SourceFactories(present, problems), problems);
        Map<String, SecretSource> sources = opening.open();
        if (problems.count() > 0) {
            opening.close();
            throw problems.toException();
        }
        return new Configuration(sources, policies, policy);
    }

    private static void sort(
            String key,
            String text,
            Map<String, String> global,
            Map<String, SourceSection> sections,
            ConfigProblems problems) {
        if (key == null || text == null) {
            problems.add(String.valueOf(key), "a key and a value must not be null");
        } else if (key.startsWith(SourceSection.PREFIX)) {
            sort(key, text, sections, problems);
        } else if (key.startsWith(PREFIX) && PolicySettings.known().contains(key.substring(PREFIX.length()))) {
            global.put(key.substring(PREFIX.length()), text);
        } else {
            problems.add(key, "unknown key; " + Guess.hint(key, globalKeys()));
        }
    }

    private static Set<String> globalKeys() {
        var keys = new TreeSet<String>();
        PolicySettings.known().forEach(setting -> keys.add(PREFIX + setting));
        keys.add("secrets.source.<name>.kind");
        return keys;
    }

    private static void sort(String key, String text, Map<String, SourceSection> sections, ConfigProblems problems) {
        String rest = key.substring(SourceSection.PREFIX.length());
        int dot = rest.indexOf('.');
        if (dot < 0 || dot == rest.length() - 1) {
            problems.add(key, "unknown key; write secrets.source.<name>.<setting>");
            return;
        }
        String name = rest.substring(0, dot);
        if (dot == 0 || RefRules.nameEnd(name, 0) < dot) {
            problems.add(key, "the name of a source must be " + RefRules.NAME_RULE);
            return;
        }
        sections.computeIfAbsent(name, absent -> new SourceSection(name, new TreeMap<>()))
                .settings()
                .put(rest.substring(dot + 1), text);
    }

    /** The sources by name, each after those that it names. */
    Map<String, SecretSource> sources() {
        return sources;
    }

    /** What is set for one source; unset where nothing is. */
    RefreshPolicy policyOf(String source) {
        return policies.getOrDefault(source, RefreshPolicy.unset());
    }

    /** What is set for all sources. */
    RefreshPolicy policy() {
        return policy;
    }

    @Override
    public String toString() {
        return "Configuration" + sources.keySet();
    }
}
