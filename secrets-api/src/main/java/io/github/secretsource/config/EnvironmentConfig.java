package io.github.secretsource.config;

import io.github.secretsource.spi.SecretSourceFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers configuration from where a process is started: the properties file that {@code SECRETS_CONFIG} (or the system
 * property {@code secrets.config}) names, then {@code SECRETS_*} variables, then {@code secrets.*} system properties;
 * the later ones win. Stateless.
 */
public final class EnvironmentConfig {

    private static final String FILE_PROPERTY = "secrets.config";
    private static final String FILE_VARIABLE = "SECRETS_CONFIG";
    private static final long LARGEST = 1 << 20;

    private EnvironmentConfig() {}

    /**
     * Reads this process's own environment.
     *
     * @param warn takes the line of the log about each secret that stands in it, where there are problems besides
     * @return keys and values, for {@link Configuration#read}
     * @throws IllegalArgumentException that lists everything that is wrong
     */
    public static Map<String, String> read(Consumer<String> warn) {
        var properties = new TreeMap<String, String>();
        for (String name : System.getProperties().stringPropertyNames()) {
            properties.put(name, System.getProperty(name, ""));
        }
        return read(System.getenv(), properties, SourceFactories.onClassPath(), new ConfigProblems(warn));
    }

    /** Reads a given environment. */
    static Map<String, String> read(
            Map<String, String> variables,
            Map<String, String> properties,
            Iterable<SecretSourceFactory> factories,
            ConfigProblems problems) {
        var named = new TreeMap<String, String>();
        properties.forEach((name, value) -> {
            if (name.startsWith(Configuration.PREFIX) && !name.equals(FILE_PROPERTY)) {
                named.put(name, value);
            }
        });
        var config = new TreeMap<>(file(variables, properties, problems));
        var others = new TreeMap<>(config);
        others.putAll(named);
        config.putAll(new EnvironmentNames(others, factories, problems).keys(variables));
        config.putAll(named);
        if (problems.count() > 0) {
            Configuration unused = Configuration.read(config, Set.of(), factories, problems); // for the others
            problems.throwIfAny();
        }
        return config;
    }

    private static Map<String, String> file(
            Map<String, String> variables, Map<String, String> properties, ConfigProblems problems) {
        String property = properties.get(FILE_PROPERTY);
        String name = property != null ? property : variables.get(FILE_VARIABLE);
        if (name == null) {
            return Map.of();
        }
        var key = property != null ? FILE_PROPERTY : FILE_VARIABLE;
        return load(key, new ConfigText(key, name).path(), problems);
    }

    private static Map<String, String> load(String key, Path path, ConfigProblems problems) {
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > LARGEST) {
                throw new IllegalArgumentException(key + ": must name a properties file of at most 1 MiB");
            }
        } catch (IOException e) {
            throw unreadable(key, e);
        }
        var read = new Once(problems);
        try (var reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
            read.load(reader);
        } catch (IOException e) {
            throw unreadable(key, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": the file it names has a malformed \\u escape");
        }
        var config = new TreeMap<String, String>();
        for (String name : new TreeSet<>(read.stringPropertyNames())) {
            config.put(name, read.getProperty(name));
        }
        return config;
    }

    /** Properties of which each may be set once; otherwise the last one would win unseen. */
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // used by one thread
    private static final class Once extends Properties {

        private static final long serialVersionUID = 1L;

        private final transient ConfigProblems problems;

        Once(ConfigProblems problems) {
            this.problems = problems;
        }

        @Override
        public @Nullable Object put(Object key, Object value) {
            Object before = super.put(key, value);
            if (before != null) {
                problems.add(key.toString(), "is set twice in the properties file");
            }
            return before;
        }
    }

    /** Names the class of the problem only: messages of the file system hold the configured path. */
    private static IllegalArgumentException unreadable(String key, IOException problem) {
        return new IllegalArgumentException(key + ": the file it names cannot be read: "
                + problem.getClass().getSimpleName());
    }
}
