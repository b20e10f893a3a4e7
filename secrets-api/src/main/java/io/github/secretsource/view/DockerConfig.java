package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Credentials for container registries, as Docker writes them and as Kubernetes keeps them in a secret of type
 * {@code kubernetes.io/dockerconfigjson} or {@code kubernetes.io/dockercfg}.
 *
 * <pre>{@code
 * LiveSecret<DockerConfig> pull = secrets.live("file:registry", DockerConfig::from);
 * UsernamePassword pair = pull.get().credentials("ghcr.io").orElseThrow();
 * }</pre>
 *
 * <p>Immutable and safe for concurrent use. It prints the registries, never a credential.
 */
public final class DockerConfig {
    private static final String CURRENT = ".dockerconfigjson";
    private static final String LEGACY = ".dockercfg";
    private static final String DOCKER_HUB = "docker.io";
    private static final Set<String> DOCKER_HUB_HOSTS = Set.of("docker.io", "index.docker.io", "registry-1.docker.io");

    private final Map<String, UsernamePassword> credentials;

    private DockerConfig(Map<String, UsernamePassword> credentials) {
        this.credentials = credentials;
    }

    /**
     * Returns the credentials in the field {@code .dockerconfigjson}, else in the older {@code .dockercfg}. All of them
     * are read now: an entry needs an {@code auth}, the base64 of {@code user:password}, or a {@code username} and a
     * {@code password}. Everything else in the configuration is ignored, identity tokens included.
     *
     * @param secret a secret with one of these fields, or of one value that is Docker's {@code config.json}
     * @return the credentials; none if the configuration lists none
     * @throws SecretFormatException if both fields are missing, if the JSON is malformed, or if an entry has no
     *     credentials or malformed ones, which is the case where a credential helper keeps them elsewhere
     */
    public static DockerConfig from(Secret secret) {
        String path = entries(secret);
        Secret entries = secret.narrowedTo(path);
        if (!isObject(secret, path)) {
            throw Parts.malformed(secret, path, "is not a JSON object");
        }
        var credentials = new TreeMap<String, UsernamePassword>();
        for (String name : entries.fieldNames()) {
            Secret entry = entries.narrowedTo("/" + name.replace("~", "~0").replace("/", "~1"));
            String registry = registry(name);
            credentials.putIfAbsent(registry, pair(secret, entry, path + "/" + registry));
        }
        return new DockerConfig(Collections.unmodifiableMap(credentials));
    }

    /** Returns where the entries are; if they are nowhere, where they should be. */
    private static String entries(Secret secret) {
        if (secret.findField(CURRENT).isPresent()) {
            return "/" + CURRENT + "/auths";
        }
        if (secret.findField(LEGACY).isPresent()) {
            return "/" + LEGACY;
        }
        return secret.findField("auths").isPresent() ? "/auths" : CURRENT;
    }

    /** Asks for a member, which throws if the JSON is malformed; then what has none begins like an object or is none. */
    private static boolean isObject(Secret secret, String path) {
        return secret.findField(path + "/any").isPresent()
                || secret.field(path)
                        .useChars(json -> new String(json).stripLeading().startsWith("{"));
    }

    private static UsernamePassword pair(Secret secret, Secret entry, String path) {
        Optional<SecretValue> auth = entry.findField("auth").filter(DockerConfig::isNotEmpty);
        if (auth.isPresent()) {
            try {
                return BasicAuth.decode(auth.get());
            } catch (IllegalArgumentException e) { // a message of BasicAuth, which holds no content
                throw Parts.malformed(secret, path + "/auth", e);
            }
        }
        Optional<SecretValue> username = entry.findField("username");
        Optional<SecretValue> password = entry.findField("password");
        if (username.isEmpty() || password.isEmpty()) {
            throw Parts.malformed(secret, path, "has neither 'auth' nor 'username' and 'password'");
        }
        return UsernamePassword.of(Parts.text(secret, path + "/username", username.get()), password.get());
    }

    private static boolean isNotEmpty(SecretValue value) {
        return value.use(bytes -> bytes.length > 0);
    }

    /** Returns a registry without what Docker writes around its host: a scheme, a version, and for its own an alias. */
    private static String registry(String name) {
        String bare = name.toLowerCase(Locale.ROOT)
                .replaceFirst("^https?://", "")
                .replaceFirst("^[^/]*@", "")
                .replaceFirst("(/v[12])?/*$", "");
        return DOCKER_HUB_HOSTS.contains(bare) ? DOCKER_HUB : bare;
    }

    /**
     * Returns the registries that there are credentials for.
     *
     * @return host names, each with its port and path if it has them, in lower case, in order, unmodifiable
     */
    public Set<String> registries() {
        return credentials.keySet();
    }

    /**
     * Returns the credentials for a registry. Where the configuration has several entries for it, the one written
     * without {@code https://} counts.
     *
     * @param registry the host, with its port and path if the configuration has them: {@code ghcr.io},
     *     {@code registry.example.org:5000}; a scheme, the path {@code /v1/} or {@code /v2/} and upper case make no
     *     difference, and Docker Hub may be any of its names. There are no patterns.
     * @return the credentials, or empty if there are none for it
     */
    public Optional<UsernamePassword> credentials(String registry) {
        return Optional.ofNullable(credentials.get(registry(registry)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DockerConfig that && credentials.equals(that.credentials);
    }

    /** Salted, as the hash of a {@link SecretValue} is. */
    @Override
    public int hashCode() {
        return credentials.hashCode();
    }

    @Override
    public String toString() {
        return "DockerConfig[registries=" + registries() + "]";
    }
}
