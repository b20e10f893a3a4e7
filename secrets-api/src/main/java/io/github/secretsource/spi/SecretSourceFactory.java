package io.github.secretsource.spi;

import java.util.Set;

/**
 * Makes sources of one kind from configuration. Found by {@link java.util.ServiceLoader}: name it in
 * {@code META-INF/services} and, in a named module, in {@code provides}. Implementations have a public constructor
 * without arguments, hold no state and are safe for concurrent use.
 */
public interface SecretSourceFactory {

    /**
     * Returns the kind, as written in {@code secrets.source.<name>.kind}.
     *
     * @return kebab-case, unique among the factories present
     */
    String kind();

    /**
     * Returns the settings this kind understands. Any other configured for it is an error.
     *
     * @return the keys, without {@code kind} and the policy keys that every source has
     */
    Set<ConfigKey> keys();

    /**
     * Makes a source. No input or output here; that is for the first fetch.
     *
     * @param config the settings of one source, checked against {@link #keys()}
     * @return a new source, not started
     * @throws IllegalArgumentException if the settings do not fit together; the message names the key and never a value
     *     that may be secret
     */
    SecretSource open(SourceConfig config);
}
