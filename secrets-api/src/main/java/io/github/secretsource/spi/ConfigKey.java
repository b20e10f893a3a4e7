package io.github.secretsource.spi;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One setting that a kind of source understands: its name, type, default and meaning. The configuration table in the
 * documentation and every "unknown key" message are made from these. Immutable and safe for concurrent use.
 */
public final class ConfigKey {

    /** How a setting is written. */
    public enum Type {
        /** Any text. */
        TEXT,
        /** A path in the file system. */
        PATH,
        /** An absolute URI. */
        URI,
        /** A length of time: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}, {@code 1d} or ISO-8601. */
        DURATION,
        /** A whole number. */
        NUMBER,
        /** {@code true} or {@code false}. */
        FLAG,
        /** A reference to a secret of another configured source, such as {@code file:app#token}. */
        REF
    }

    private final String name;
    private final Type type;
    private final @Nullable String standard;
    private final String meaning;
    private final long least;
    private final long most;
    private final boolean required;

    private ConfigKey(
            String name,
            Type type,
            @Nullable String standard,
            String meaning,
            long least,
            long most,
            boolean required) {
        this.name = Objects.requireNonNull(name, "name");
        this.type = Objects.requireNonNull(type, "type");
        this.standard = standard;
        this.meaning = Objects.requireNonNull(meaning, "meaning");
        this.least = least;
        this.most = most;
        this.required = required;
    }

    /**
     * Returns a setting without a default.
     *
     * @param name in kebab-case, or a prefix for a family of settings that ends in {@code .*}
     * @param type how it is written
     * @param meaning one sentence
     * @return the key
     */
    public static ConfigKey of(String name, Type type, String meaning) {
        return new ConfigKey(name, type, null, meaning, Long.MIN_VALUE, Long.MAX_VALUE, false);
    }

    /**
     * Returns the same setting with a default.
     *
     * @param value what holds where nothing is configured, as it would be written
     * @return a new key
     */
    public ConfigKey withDefault(String value) {
        return new ConfigKey(name, type, Objects.requireNonNull(value, "default"), meaning, least, most, false);
    }

    /**
     * Returns the same setting with a range, outside of which a number is refused.
     *
     * @param smallest the least number
     * @param largest the greatest number
     * @return a new key
     * @throws IllegalArgumentException if this is no number, or the range is empty
     */
    public ConfigKey withRange(long smallest, long largest) {
        if (type != Type.NUMBER || smallest > largest) {
            throw new IllegalArgumentException(
                    "a range must be of a number and not empty: " + name + ", " + smallest + " to " + largest);
        }
        return new ConfigKey(name, type, standard, meaning, smallest, largest, required);
    }

    /**
     * Returns the same key as one that must be set. All that are missing are reported together, before the source is
     * opened.
     *
     * @return a new key
     */
    public ConfigKey required() {
        return new ConfigKey(name, type, null, meaning, least, most, true);
    }

    /**
     * Returns whether it must be set.
     *
     * @return false unless {@link #required()} was said
     */
    public boolean isRequired() {
        return required;
    }

    /**
     * Returns the name.
     *
     * @return kebab-case, or a prefix that ends in {@code .*}
     */
    public String name() {
        return name;
    }

    /**
     * Returns how it is written.
     *
     * @return the type
     */
    public Type type() {
        return type;
    }

    /**
     * Returns what holds where nothing is configured.
     *
     * @return the default as it would be written, or empty
     */
    public Optional<String> standard() {
        return Optional.ofNullable(standard);
    }

    /**
     * Returns what it means.
     *
     * @return one sentence
     */
    public String meaning() {
        return meaning;
    }

    /**
     * Returns the least number allowed.
     *
     * @return {@link Long#MIN_VALUE} where there is no limit
     */
    public long least() {
        return least;
    }

    /**
     * Returns the greatest number allowed.
     *
     * @return {@link Long#MAX_VALUE} where there is no limit
     */
    public long most() {
        return most;
    }

    /**
     * Returns whether a configured name is this setting or one of its family.
     *
     * @param configured a name without the {@code secrets.source.<name>.} before it
     * @return whether it is meant
     */
    public boolean matches(String configured) {
        if (!name.endsWith(".*")) {
            return name.equals(configured);
        }
        String prefix = name.substring(0, name.length() - 1);
        return configured.startsWith(prefix) && configured.length() > prefix.length();
    }

    @Override
    public String toString() {
        return name;
    }
}
