package io.github.secretsource.config;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.text.Guess;
import io.github.secretsource.text.Printable;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The factories that are present, by kind. They are looked up when first asked for, so that a program without
 * configured sources pays nothing. Used by one thread.
 */
final class SourceFactories {

    private static final int MOST_BROKEN = 20;
    private static final int LONGEST_ECHO = 200;

    /** The kinds of this project's modules that may be absent, for "needs … on the class path". */
    private static final Map<String, String> MODULES = Map.of(
            "kubernetes", "secrets-k8s",
            "vault", "secrets-vault",
            "aws-sm", "secrets-aws",
            "aws-ssm", "secrets-aws",
            "azure-kv", "secrets-azure");

    private final Iterable<SecretSourceFactory> present;
    private final Map<String, SecretSourceFactory> byKind = new TreeMap<>();
    private final ConfigProblems problems;
    private boolean loaded;

    SourceFactories(Iterable<SecretSourceFactory> present, ConfigProblems problems) {
        this.present = present;
        this.problems = problems;
    }

    /** Returns what the class path offers, seen from this library wherever the caller's thread comes from. */
    static Iterable<SecretSourceFactory> onClassPath() {
        return ServiceLoader.load(SecretSourceFactory.class, SecretSourceFactory.class.getClassLoader());
    }

    /** Returns the factory of a kind. */
    Optional<SecretSourceFactory> of(@Nullable String kind) {
        return kind == null ? Optional.empty() : Optional.ofNullable(all().get(kind));
    }

    /** Returns the keys of a kind; none if there is no such kind. */
    Set<ConfigKey> keysOf(@Nullable String kind) {
        return of(kind).map(SecretSourceFactory::keys).orElse(Set.of());
    }

    /** Returns what to say about a kind that no factory here makes. */
    String unknown(ConfigText kind, String name) {
        String module = MODULES.get(name);
        if (module != null) {
            return "kind '" + name + "' needs " + module + " on the class path";
        }
        var known = new TreeSet<>(all().keySet());
        known.addAll(MODULES.keySet());
        return "unknown kind " + kind.echo() + "; " + Guess.hint(name, known);
    }

    String known() {
        return String.join(", ", all().keySet());
    }

    private Map<String, SecretSourceFactory> all() {
        if (!loaded) {
            loaded = true;
            load(present.iterator());
        }
        return byKind;
    }

    private void load(Iterator<SecretSourceFactory> rest) {
        int broken = 0;
        boolean more = true;
        while (more && broken < MOST_BROKEN) {
            try {
                more = rest.hasNext();
                if (more) {
                    add(rest.next());
                }
            } catch (ServiceConfigurationError e) {
                broken++;
                problems.addText("a kind of source on the class path is broken: "
                        + Printable.cut(Objects.toString(e.getMessage()), LONGEST_ECHO));
            }
        }
    }

    private void add(SecretSourceFactory factory) {
        SecretSourceFactory other = byKind.putIfAbsent(factory.kind(), factory);
        if (other != null) {
            problems.addText("kind '" + factory.kind() + "' is made by two factories: "
                    + other.getClass().getName() + " and " + factory.getClass().getName());
        }
    }
}
