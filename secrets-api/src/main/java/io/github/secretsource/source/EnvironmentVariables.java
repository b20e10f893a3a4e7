package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.text.Guess;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Reads secrets from the environment variables of this process. {@code env:API_KEY} is the variable of that name;
 * where a prefix is configured under a name, {@code env:db} is one secret whose fields are the variables that begin
 * with the prefix, named by the rest in lower case.
 *
 * <pre>{@code
 * EnvironmentVariables.builder().prefix("db", "DB_").build();   // DB_USER, DB_PASSWORD: env:db#user, env:db#password
 * }</pre>
 *
 * <p>A variable that is empty is an empty value; one that is not set is not found. Nothing here rotates: a process keeps
 * the environment it was started with. Immutable and safe for concurrent use.
 */
public final class EnvironmentVariables implements SecretSource {

    private static final char UNREADABLE = '\uFFFD'; // what the JVM puts where bytes are not text

    private static final String BEFORE_START = "set it before the program starts, in Kubernetes by env with"
            + " valueFrom.secretKeyRef, or envFrom, of the container";

    private static final SourceTraits TRAITS =
            SourceTraits.defaults().neverRotating().linearizable().withPathRule(EnvironmentVariables::problemWith);

    private final Supplier<Map<String, String>> environment;
    private final Map<String, String> prefixes;

    /** For tests, which cannot set variables of their own process. */
    EnvironmentVariables(Supplier<Map<String, String>> environment, Map<String, String> prefixes) {
        this.environment = environment;
        this.prefixes = Map.copyOf(prefixes);
    }

    /**
     * Returns a source of single variables.
     *
     * @return the source, without prefixes
     */
    public static EnvironmentVariables create() {
        return builder().build();
    }

    /**
     * Returns a builder, for variables that belong together.
     *
     * @return a builder without prefixes
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        Map<String, String> variables = environment.get();
        String prefix = prefixes.get(id.path());
        if (prefix != null) {
            return group(id, prefix, variables);
        }
        return single(id, variables);
    }

    private SecretData single(SecretId id, Map<String, String> variables) {
        String text = variables.get(id.path());
        if (text == null) {
            throw notSet(id, variables);
        }
        return SecretData.of(value(id, id.path(), text));
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        return ids.stream().map(this::diagnosis).toList();
    }

    /** Reads the variables, which costs nothing; the context of a fetch is not looked at. */
    private Diagnosis diagnosis(SecretId id) {
        Map<String, String> variables = environment.get();
        String prefix = prefixes.get(id.path());
        try {
            if (prefix != null) {
                var fields = new TreeSet<>(group(id, prefix, variables).fields().keySet());
                return Diagnosis.healthy(id, "is set, with the fields " + VolumeObstacle.listed(fields));
            }
            single(id, variables);
        } catch (SecretException e) {
            return Diagnosis.problem(id, e.problem(), e.fix());
        }
        return "".equals(variables.get(id.path()))
                ? Diagnosis.problem(id, "is set, but empty", "set it to the value before the program starts")
                : Diagnosis.healthy(id, "is set, and stays what it was when the process started");
    }

    private SecretData group(SecretId id, String prefix, Map<String, String> variables) {
        var fields = new TreeMap<String, SecretValue>();
        var owners = new TreeMap<String, String>();
        for (var variable : new TreeMap<>(variables).tailMap(prefix).entrySet()) {
            String name = variable.getKey();
            if (name.startsWith(prefix) && name.length() > prefix.length()) {
                String field = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
                String other = owners.put(field, name);
                if (other != null) {
                    throw collision(id, other, name);
                }
                fields.put(field, value(id, name, variable.getValue()));
            }
        }
        if (fields.isEmpty()) {
            String problem = "has no fields: no environment variable begins with '" + prefix + "'";
            throw new SecretNotFoundException(id, problem, BEFORE_START + inOtherCase(prefix, variables));
        }
        return SecretData.of(fields);
    }

    private static String inOtherCase(String prefix, Map<String, String> variables) {
        return new TreeMap<>(variables)
                .keySet().stream()
                        .filter(name -> name.regionMatches(true, 0, prefix, 0, prefix.length()))
                        .findFirst()
                        .map(name -> "; case counts, and " + printable(name) + " is there")
                        .orElse("");
    }

    private SecretNotFoundException notSet(SecretId id, Map<String, String> variables) {
        var names = new TreeMap<>(variables);
        names.putAll(prefixes);
        String meant = Guess.nearestInAnySpelling(id.path(), names.keySet())
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
        String fix = BEFORE_START + meant;
        return new SecretNotFoundException(id, "is not set in the environment", fix);
    }

    private static SecretFormatException collision(SecretId id, String one, String other) {
        String problem = "has variables that differ in case only: " + printable(one) + " and " + printable(other);
        return new SecretFormatException(id, problem, "unset one of them");
    }

    private static SecretValue value(SecretId id, String name, String text) {
        if (text.indexOf(UNREADABLE) >= 0) {
            throw notText(id, name);
        }
        try {
            return SecretValue.of(text);
        } catch (IllegalArgumentException e) {
            throw notText(id, name);
        }
    }

    private static SecretFormatException notText(SecretId id, String name) {
        String problem = "has bytes that are no text in the encoding of this JVM, in variable " + printable(name);
        return new SecretFormatException(id, problem, "start it with LC_ALL=C.UTF-8, or mount the secret as a file");
    }

    private static String printable(String name) {
        return name.replaceAll("[^ -~]", "?");
    }

    /** Returns what keeps a name from being that of a variable, if anything does. */
    private static Optional<String> problemWith(SecretId id) {
        if (id.path().indexOf('/') >= 0) {
            return Optional.of("an environment variable has no '/' in its name");
        }
        if (id.path().indexOf('=') >= 0) {
            return Optional.of("an environment variable has no '=' in its name");
        }
        return Optional.empty();
    }

    @Override
    public SourceTraits traits() {
        return TRAITS;
    }

    @Override
    public String toString() {
        return "EnvironmentVariables[prefixes=" + new TreeMap<>(prefixes).keySet() + "]";
    }

    /** Collects prefixes. Not safe for concurrent use. */
    public static final class Builder {

        private final Map<String, String> prefixes = new TreeMap<>();

        private Builder() {}

        /**
         * Makes one secret of all variables that begin with a prefix. The name then no longer means a variable.
         *
         * @param name the path of the secret, such as {@code db}
         * @param prefix what the names of the variables begin with, such as {@code DB_}; case counts
         * @return this builder
         * @throws IllegalArgumentException if the name cannot be a path here or is taken, or the prefix is empty or has
         *     {@code =} in it
         */
        public Builder prefix(String name, String prefix) {
            Objects.requireNonNull(prefix, "prefix");
            problemWith(SecretId.of("env", name)).ifPresent(problem -> {
                throw new IllegalArgumentException("prefix '" + name + "': " + problem);
            });
            if (prefix.isEmpty() || !prefix.equals(printable(prefix)) || prefix.indexOf('=') >= 0) {
                throw new IllegalArgumentException("prefix '" + name + "' must be printable, not empty, without '='");
            }
            if (prefixes.putIfAbsent(name, prefix) != null) {
                throw new IllegalArgumentException("prefix '" + name + "' is given twice");
            }
            return this;
        }

        /**
         * Returns the source.
         *
         * @return a new source
         */
        public EnvironmentVariables build() {
            return new EnvironmentVariables(System::getenv, prefixes);
        }
    }
}
