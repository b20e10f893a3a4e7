package io.github.secretsource.config;

import io.github.secretsource.RefreshPolicy;
import io.github.secretsource.SecretEventListener;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.text.Guess;
import io.github.secretsource.text.Name;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What configuration asks for: sources, not started, and policies. Keys are {@code secrets.source.<name>.kind}, the
 * keys of that kind, and the settings of {@link RefreshPolicy} for one source or, without {@code source.<name>}, for
 * all. Values are data: nothing in them is expanded. Immutable; prints no value.
 */
public final class Configuration {

    static final String PREFIX = "secrets.";

    private final Map<String, SecretSource> sources;
    private final Map<String, RefreshPolicy> policies;
    private final GlobalSettings settings;

    private Configuration(
            Map<String, SecretSource> sources, Map<String, RefreshPolicy> policies, GlobalSettings settings) {
        this.sources = sources;
        this.policies = policies;
        this.settings = settings;
    }

    /**
     * Reads a configuration with the factories on the class path.
     *
     * @param config keys and values
     * @param given the names of sources that are given beside it
     * @param warn takes the line of the log about each secret that stands in the configuration itself
     * @return what is configured
     * @throws IllegalArgumentException that lists everything that is wrong; no source is left open
     */
    public static Configuration read(Map<String, String> config, Set<String> given, Consumer<String> warn) {
        var problems = new ConfigProblems(warn);
        Configuration read = read(config, given, SourceFactories.onClassPath(), problems);
        problems.throwIfAny();
        return read;
    }

    /** Reads a configuration as far as it goes. If there are problems, all sources are closed. */
    static Configuration read(
            Map<String, String> config,
            Set<String> given,
            Iterable<SecretSourceFactory> present,
            ConfigProblems problems) {
        var global = new TreeMap<String, String>();
        var sections = new TreeMap<String, SourceSection>();
        config.entrySet().stream()
                .sorted(Comparator.comparing(entry -> String.valueOf(entry.getKey())))
                .forEach(entry -> sort(entry.getKey(), entry.getValue(), global, sections, problems));
        var settings = GlobalSettings.read(global, problems);
        var policies = new LinkedHashMap<String, RefreshPolicy>();
        sections.forEach((name, section) ->
                policies.put(name, PolicySettings.read(section + ".", section.settings(), problems)));
        var factories = new SourceFactories(present, problems);
        var opening = new SourceOpening(sections.values(), factories, problems);
        Map<String, SecretSource> sources = opening.open();
        beside(given, sections.keySet(), problems);
        var names = new TreeSet<>(sections.keySet());
        names.addAll(given);
        var literals = new Literals(settings.literals(), names, problems);
        config.forEach((key, text) -> lookAtUnknown(key, text, literals));
        sections.values().forEach(section -> section.look(factories, literals));
        literals.warn();
        if (problems.count() > 0) {
            opening.close();
        }
        return new Configuration(sources, policies, settings);
    }

    /** A key that is misspelt or somebody else's is a problem; that its text is a secret is another one. */
    private static void lookAtUnknown(@Nullable String key, @Nullable String text, Literals literals) {
        if (key != null
                && text != null
                && !key.startsWith(SourceSection.PREFIX)
                && !globalKeys().contains(key)) {
            literals.look(key, key, text, ConfigKey.Type.TEXT);
        }
    }

    private static void beside(Set<String> given, Set<String> configured, ConfigProblems problems) {
        for (String name : configured) {
            if (given.contains(name)) {
                problems.add(SourceSection.PREFIX + name, "a source of this name is given in code; rename one of them");
            }
        }
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
        } else if (key.startsWith(PREFIX) && GlobalSettings.known().contains(key.substring(PREFIX.length()))) {
            global.put(key.substring(PREFIX.length()), text);
        } else {
            problems.add(key, "unknown key; " + Guess.hint(key, globalKeys()));
        }
    }

    private static Set<String> globalKeys() {
        var keys = new TreeSet<String>();
        GlobalSettings.known().forEach(setting -> keys.add(PREFIX + setting));
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
        if (!Name.is(name)) {
            problems.add(key, "the name of a source must be " + Name.RULE);
            return;
        }
        sections.computeIfAbsent(name, absent -> new SourceSection(name, new TreeMap<>()))
                .settings()
                .put(rest.substring(dot + 1), text);
    }

    /**
     * Returns the configured sources, not started.
     *
     * @return the sources by name, each after those that it names
     */
    public Map<String, SecretSource> sources() {
        return sources;
    }

    /**
     * Returns what is set for one source.
     *
     * @param source its name
     * @return a policy, unset where nothing is set
     */
    public RefreshPolicy policyOf(String source) {
        return policies.getOrDefault(source, RefreshPolicy.unset());
    }

    /**
     * Returns what is set for all sources.
     *
     * @return a policy, unset where nothing is set
     */
    public RefreshPolicy policy() {
        return settings.policy();
    }

    /**
     * Returns the listeners, with those that configuration adds.
     *
     * @param given listeners
     * @return these and others
     */
    public List<SecretEventListener> with(List<SecretEventListener> given) {
        var listeners = new ArrayList<>(given);
        if (settings.audit()) {
            listeners.add(SecretEventListener.auditLog());
        }
        return listeners;
    }

    @Override
    public String toString() {
        return "Configuration" + sources.keySet();
    }
}
