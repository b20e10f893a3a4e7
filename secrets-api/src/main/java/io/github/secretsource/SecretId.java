package io.github.secretsource;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names one secret in one source: the source, the path in it, which version is meant, and what else the source wants to
 * know.
 *
 * <p>Ids are equal if and only if their canonical texts are. What the parts may consist of is written down at
 * {@link SecretRef}, whose grammar the factories here enforce.
 *
 * <pre>{@code
 * SecretId current = SecretId.of("vault", "app/db");
 * SecretId third = current.atVersion("3");               // vault:app/db?version=3
 * SecretId token = SecretId.of("k8s-token", "web").withParameter("audience", "vault");
 * }</pre>
 *
 * <p>Immutable and safe for concurrent use. Meant as the key of a map: the hash is computed once.
 */
public final class SecretId {
    private final String text;
    private final int sourceEnd;
    private final int pathEnd;
    private final Selector selector;
    private final Optional<String> selectorValue; // kept as Optional, so that asking for it allocates nothing
    private final Map<String, String> parameters;
    private final int hash;

    /** Which of its contents is meant. Safe for concurrent use, as every enum is. */
    public enum Selector {
        /** The one that is current when the source is asked. */
        CURRENT(""),
        /** The one that was current before. */
        PREVIOUS("previous"),
        /** The one with a given version, which never changes. */
        VERSION("version"),
        /** The one a named stage, such as {@code AWSPENDING}, points at when the source is asked. */
        STAGE("stage");

        private final String parameter;

        Selector(String parameter) {
            this.parameter = parameter;
        }

        /** Returns the parameter of a reference that selects this; empty for {@link #CURRENT}. */
        String parameter() {
            return parameter;
        }
    }

    private SecretId(
            String source, String path, Selector selector, String selectorValue, SortedMap<String, String> parameters) {
        this.text = render(source, path, selector, selectorValue, parameters);
        this.sourceEnd = source.length();
        this.pathEnd = sourceEnd + 1 + path.length();
        this.selector = selector;
        this.selectorValue = selectorValue.isEmpty() ? Optional.empty() : Optional.of(selectorValue);
        this.parameters = parameters.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(parameters));
        this.hash = text.hashCode();
        RefRules.total(text.length());
    }

    /**
     * Returns the id of the current content of a secret.
     *
     * @param source the name of a configured source, {@code [a-z][a-z0-9-]*}, at most 63 characters
     * @param path the path within the source; whether it may begin or end with a slash is for the source to say
     * @return the id
     * @throws InvalidSecretRefException if the source or the path breaks the rules of {@link SecretRef}
     */
    public static SecretId of(String source, String path) {
        RefRules.name(new RefText("source name", RefRules.present(source, "source name")));
        RefRules.present(path, "path");
        RefRules.path(new RefText("path in '" + source + "'", path), 0, path.length());
        return checked(source, path, Selector.CURRENT, "", Collections.emptySortedMap());
    }

    /** Returns the id of parts that have been checked; the value of a selector without one is empty. */
    static SecretId checked(
            String source, String path, Selector selector, String selectorValue, SortedMap<String, String> parameters) {
        return new SecretId(source, path, selector, selectorValue, parameters);
    }

    /**
     * Returns this id, pinned to one version. What a pinned id names never changes, so it is never polled.
     *
     * @param version the version, in the words of the source
     * @return the pinned id
     * @throws IllegalStateException if this id already has a version or a stage or means the previous content
     * @throws InvalidSecretRefException if the version breaks the rules of {@link SecretRef}
     */
    public SecretId atVersion(String version) {
        return at(Selector.VERSION, version);
    }

    /**
     * Returns this id, meaning whatever content the stage points at.
     *
     * @param stage the stage, in the words of the source, such as {@code AWSPENDING}
     * @return the id at that stage
     * @throws IllegalStateException if this id already has a version or a stage or means the previous content
     * @throws InvalidSecretRefException if the stage breaks the rules of {@link SecretRef}
     */
    public SecretId atStage(String stage) {
        return at(Selector.STAGE, stage);
    }

    /**
     * Returns this id, meaning the content before the current one.
     *
     * @return the id of the previous content
     * @throws IllegalStateException if this id already has a version or a stage or means the previous content
     */
    public SecretId atPrevious() {
        requireCurrent(Selector.PREVIOUS);
        return checked(source(), path(), Selector.PREVIOUS, "", sorted());
    }

    /**
     * Returns this id with a parameter that its source declares, in place of an earlier value of that parameter.
     * Whether the source knows the parameter is not checked here but when the id is first used.
     *
     * @param name the parameter, {@code [a-z][a-z0-9-]*}, at most 63 characters; not one that every reference has:
     *     {@code version}, {@code stage}, {@code previous}, {@code encoding}
     * @param value its value, not empty
     * @return the id with the parameter
     * @throws InvalidSecretRefException if the name or the value breaks the rules of {@link SecretRef}
     */
    public SecretId withParameter(String name, String value) {
        RefRules.name(new RefText("parameter name", RefRules.present(name, "parameter name")));
        if (RefParameters.isReserved(name)) {
            throw new InvalidSecretRefException(
                    "parameter '" + name + "' is reserved; use atVersion, atStage, atPrevious or withEncoding");
        }
        RefRules.present(value, "value of parameter '" + name + "'");
        RefRules.value(new RefText("parameter '" + name + "'", value), 0, value.length());
        var changed = sorted();
        changed.put(name, value);
        return checked(source(), path(), selector, selectorValue.orElse(""), changed);
    }

    /**
     * Returns the name of the source.
     *
     * @return the part before the colon
     */
    public String source() {
        return text.substring(0, sourceEnd);
    }

    /**
     * Returns the path within the source, as it was given.
     *
     * @return the part after the colon and before any parameters; not empty
     */
    public String path() {
        return text.substring(sourceEnd + 1, pathEnd);
    }

    /**
     * Returns which content is meant.
     *
     * @return the selector, {@link Selector#CURRENT} unless another one was asked for
     */
    public Selector selector() {
        return selector;
    }

    /**
     * Returns the version or the stage that is meant.
     *
     * @return the version or stage, empty for the current and for the previous content
     */
    public Optional<String> selectorValue() {
        return selectorValue;
    }

    /**
     * Returns the parameters for the source, without the selector.
     *
     * @return the values by name, sorted by name, unmodifiable; empty if there are none
     */
    public Map<String, String> parameters() {
        return parameters;
    }

    /**
     * Returns whether this id is pinned to a version, so that what it names never changes.
     *
     * @return true if the selector is {@link Selector#VERSION}
     */
    public boolean isPinned() {
        return selector == Selector.VERSION;
    }

    /**
     * Returns whether the other object is an id with the same parts.
     *
     * @param other anything
     * @return true if it is an id with the same canonical text
     */
    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof SecretId id && hash == id.hash && text.equals(id.text));
    }

    /**
     * Returns the hash, which was computed when the id was made.
     *
     * @return the hash
     */
    @Override
    public int hashCode() {
        return hash;
    }

    /**
     * Returns the canonical text, for instance {@code aws-sm:db?stage=AWSPENDING&region=eu-west-1}: the selector first,
     * then the parameters by name. It is itself a reference to the secret, names no value and is fit for a log.
     *
     * @return the canonical text, printable ASCII, at most 2,048 characters
     */
    @Override
    public String toString() {
        return text;
    }

    private SecretId at(Selector wanted, String label) {
        requireCurrent(wanted);
        RefRules.present(label, wanted.parameter());
        RefRules.label(new RefText(wanted.parameter(), label), 0, label.length());
        return checked(source(), path(), wanted, label, sorted());
    }

    private void requireCurrent(Selector wanted) {
        if (selector != Selector.CURRENT) {
            throw new IllegalStateException(text + " already has '" + selector.parameter() + "', which excludes '"
                    + wanted.parameter() + "'; start from an id without either");
        }
    }

    private SortedMap<String, String> sorted() {
        return new TreeMap<>(parameters);
    }

    private static String render(
            String source, String path, Selector selector, String selectorValue, SortedMap<String, String> parameters) {
        var rendered = new StringBuilder(source).append(':').append(path);
        char separator = '?';
        if (selector != Selector.CURRENT) {
            rendered.append(separator).append(selector.parameter());
            separator = '&';
            if (!selectorValue.isEmpty()) {
                rendered.append('=').append(selectorValue);
            }
        }
        for (var parameter : parameters.entrySet()) {
            rendered.append(separator).append(parameter.getKey()).append('=').append(parameter.getValue());
            separator = '&';
        }
        return rendered.toString();
    }
}
