package io.github.secretsource.config;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Configuration for tests, also of other packages: with given factories instead of those on the class path. */
public final class TestConfig {

    private TestConfig() {}

    /** Reads a configuration. */
    public static Configuration read(Map<String, String> config, Iterable<SecretSourceFactory> present) {
        return read(config, present, new ArrayList<>());
    }

    /** Reads a configuration and collects what it would write into the log. */
    static Configuration read(
            Map<String, String> config, Iterable<SecretSourceFactory> present, List<String> warnings) {
        var problems = new ConfigProblems(warnings::add);
        Configuration read = Configuration.read(config, Set.of(), present, problems);
        problems.throwIfAny();
        return read;
    }

    /** Returns settings as the factory of a source sees them. */
    public static SourceConfig settings(String name, Map<String, String> settings, ConfigKey... keys) {
        return new SourceSettings(new SourceSection(name, settings), Set.of(keys), other -> {
            throw new IllegalStateException("no other source");
        });
    }

    static ConfigProblems problems() {
        return new ConfigProblems(line -> {});
    }
}
