package io.github.secretsource.spi;

import io.github.secretsource.SecretRef;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of one source, typed and checked. Only this library implements it. A setting that is malformed throws
 * {@link IllegalArgumentException} naming its full key; the builder collects these and reports all at once. Safe for
 * concurrent use.
 */
public interface SourceConfig {

    /**
     * Returns the name under which the source is configured.
     *
     * @return the part of a reference before the colon
     */
    String name();

    /**
     * Returns a setting as text.
     *
     * @param key one of the factory's keys
     * @return the text, the key's default, or empty
     */
    Optional<String> text(String key);

    /**
     * Returns a setting that must be there, as text.
     *
     * @param key one of the factory's keys
     * @return the text or the key's default
     * @throws IllegalArgumentException if it is missing
     */
    String required(String key);

    /**
     * Returns a family of settings.
     *
     * @param prefix what the family's names begin with, without {@code .*}
     * @return the rest of each name to its text, in the order of the names; empty if none is configured
     */
    Map<String, String> family(String prefix);

    /**
     * Returns a setting as a path.
     *
     * @param key one of the factory's keys
     * @return the path, or empty
     */
    Optional<Path> path(String key);

    /**
     * Returns a setting as an absolute URI.
     *
     * @param key one of the factory's keys
     * @return the URI, or empty
     */
    Optional<URI> uri(String key);

    /**
     * Returns a setting as a length of time.
     *
     * @param key one of the factory's keys
     * @return the duration, or empty
     */
    Optional<Duration> duration(String key);

    /**
     * Returns a setting as a whole number.
     *
     * @param key one of the factory's keys
     * @return the number, or empty
     */
    Optional<Long> number(String key);

    /**
     * Returns a setting as a flag.
     *
     * @param key one of the factory's keys
     * @return true or false, or empty
     */
    Optional<Boolean> flag(String key);

    /**
     * Returns a setting as a reference. What it names is fetched from {@link #source(String) that source}, by the source
     * that this setting is for, whenever it needs it.
     *
     * @param key one of the factory's keys
     * @return the reference, or empty
     */
    default Optional<SecretRef> ref(String key) {
        return text(key).map(SecretRef::parse);
    }

    /**
     * Returns another configured source, for combinators. It stays that source's owner's to close.
     *
     * <p>If there is none of that name, or the sources would name each other in a circle, that is reported when the
     * factory has returned, so that it finds the other problems of its settings too; what is returned then answers
     * nothing.
     *
     * @param name of the other source
     * @return that source
     */
    SecretSource source(String name);
}
