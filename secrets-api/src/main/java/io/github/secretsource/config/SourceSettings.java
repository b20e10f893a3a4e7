package io.github.secretsource.config;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The settings of one source as its factory sees them. Immutable; prints no setting. */
final class SourceSettings implements SourceConfig {

    private final SourceSection section;
    private final Map<String, String> settings;
    private final Set<ConfigKey> keys;
    private final Function<String, SecretSource> others;

    SourceSettings(SourceSection section, Set<ConfigKey> keys, Function<String, SecretSource> others) {
        this.section = section;
        this.settings = Collections.unmodifiableMap(new TreeMap<>(section.settings()));
        this.keys = Set.copyOf(keys);
        this.others = others;
    }

    @Override
    public String name() {
        return section.name();
    }

    @Override
    public Optional<String> text(String key) {
        ConfigKey declared = declared(key);
        String configured = settings.get(key);
        return configured != null ? Optional.of(configured) : declared.standard();
    }

    @Override
    public String required(String key) {
        return text(key)
                .orElseThrow(() ->
                        refused(key, "is missing; set it: " + declared(key).meaning()));
    }

    @Override
    public Map<String, String> family(String prefix) {
        declared(prefix + ".*");
        var family = new TreeMap<String, String>();
        settings.forEach((key, value) -> {
            if (key.startsWith(prefix + ".")) {
                family.put(key.substring(prefix.length() + 1), value);
            }
        });
        return Collections.unmodifiableMap(family);
    }

    @Override
    public Optional<Path> path(String key) {
        return typed(key).map(ConfigText::path);
    }

    @Override
    public Optional<URI> uri(String key) {
        return typed(key).map(ConfigText::uri);
    }

    @Override
    public Optional<Duration> duration(String key) {
        return typed(key).map(ConfigText::duration);
    }

    @Override
    public Optional<Long> number(String key) {
        return typed(key).map(text -> text.number(declared(key)));
    }

    @Override
    public Optional<Boolean> flag(String key) {
        return typed(key).map(ConfigText::flag);
    }

    @Override
    public SecretSource source(String other) {
        return others.apply(other);
    }

    private Optional<ConfigText> typed(String key) {
        return text(key).map(text -> new ConfigText(section.key(key), text));
    }

    private ConfigKey declared(String key) {
        return keys.stream()
                .filter(known -> known.name().equals(key) || known.matches(key))
                .findFirst()
                .orElseThrow(() -> refused(key, "is asked for by its factory, which does not declare it"));
    }

    private IllegalArgumentException refused(String key, String problem) {
        return new IllegalArgumentException(section.key(key) + ": " + problem);
    }

    @Override
    public String toString() {
        return section.toString();
    }
}
