package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.text.Printable;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One version of a secret: one value, or named fields that belong together.
 *
 * <pre>{@code
 * Secret db = secrets.secret("vault:app/db");
 * connect(db.field("username").reveal(), db.field("password"));   // of one version, whatever rotates meanwhile
 * }</pre>
 *
 * <p>A field is named literally, or by a JSON pointer (RFC 6901), which begins with a slash. What a name means depends
 * on what the store keeps:
 *
 * <ul>
 *   <li>In a secret with fields it is that field. The first token of a pointer names the field, the rest goes inside
 *       it, if it is JSON: {@code /config.json/db/password}.
 *   <li>In a secret of one value it is a member of the JSON object that the value is: {@code password}, or
 *       {@code /db/password}. The object is read when a field is asked for, not before.
 * </ul>
 *
 * <p>A JSON string is a field's text; a number is the text it is written as, digit for digit; a boolean is {@code true}
 * or {@code false}; an object or array is its JSON text; {@code null} is as if it were not there. JSON is read
 * strictly, as UTF-8 of at most 1 MiB, at most 32 levels deep and with no name twice in one object; anything else is
 * malformed. So is text that ends early or goes on after the object.
 *
 * <p>Immutable and safe for concurrent use. It prints no value.
 */
public final class Secret {
    private final SecretId id;
    private final String version;
    private final SecretContent content;
    private final Optional<String> contentType; // kept as Optional, so that asking for it allocates nothing
    private final Optional<Instant> expiresAt;

    private Secret(
            SecretId id,
            String version,
            SecretContent content,
            Optional<String> contentType,
            Optional<Instant> expiresAt) {
        this.id = id;
        this.version = version;
        this.content = content;
        this.contentType = contentType;
        this.expiresAt = expiresAt;
    }

    /** One version as a source answered it, under the label it is known by here. */
    Secret(SecretId id, SecretData data, String version) {
        this(id, version, SecretContent.of(id, data), data.contentType(), data.expiresAt());
    }

    /**
     * Returns what a source answered, for a source that asks another one.
     *
     * @param id which secret was asked for
     * @param data the answer
     * @return the content; without a label where the answer has none
     */
    public static Secret of(SecretId id, SecretData data) {
        return new Secret(id, data, data.version().orElse(""));
    }

    /**
     * Returns which secret it is.
     *
     * @return the id
     */
    public SecretId id() {
        return id;
    }

    /**
     * Returns the label of this content.
     *
     * @return the store's version; where the store has none, {@code #} and a number that the library counts up
     */
    public String version() {
        return version;
    }

    /**
     * Returns the one value.
     *
     * @return the value
     * @throws SecretFormatException if there are named fields instead; the message lists the names
     */
    public SecretValue value() {
        return content.whole();
    }

    /**
     * Returns a field.
     *
     * @param name a literal name, or a JSON pointer that begins with a slash
     * @return the value of the field
     * @throws SecretFormatException if there is no such field, with the names of those that are there, or if the way to
     *     it leads into malformed JSON, with the place
     * @throws IllegalArgumentException if a JSON pointer has a tilde without a 0 or 1 after it
     */
    public SecretValue field(String name) {
        return content.field(Objects.requireNonNull(name, "name"));
    }

    /**
     * Returns a field, if it is there.
     *
     * @param name a literal name, or a JSON pointer that begins with a slash
     * @return the value of the field; empty if there is no such field, if it is {@code null}, or if what it would be
     *     inside of is no JSON object
     * @throws SecretFormatException if the way to it leads into malformed JSON
     * @throws IllegalArgumentException if a JSON pointer has a tilde without a 0 or 1 after it
     */
    public Optional<SecretValue> findField(String name) {
        return content.findField(Objects.requireNonNull(name, "name"));
    }

    /**
     * Returns the names of the fields, in the order of their characters.
     *
     * @return the names, unmodifiable; for a secret of one value those of the JSON object it is, and none if it is not
     *     a well-formed one
     */
    public Set<String> fieldNames() {
        return content.names();
    }

    /**
     * Returns the type of the content, if the store states one.
     *
     * @return the type as the store writes it, for instance {@code kubernetes.io/tls}; empty also for one field
     */
    public Optional<String> contentType() {
        return contentType;
    }

    /**
     * Returns when this version dies, if the store said so.
     *
     * @return a moment on the store's wall clock, or empty
     */
    public Optional<Instant> expiresAt() {
        return expiresAt;
    }

    /**
     * Returns a secret of one field, with the same id, version and expiry. Where the field is a JSON object, its members
     * are the fields of what is returned: {@code UsernamePassword.from(secret.narrowedTo("/db"))}.
     *
     * @param name a literal name, or a JSON pointer that begins with a slash
     * @return a secret of one value
     * @throws SecretFormatException as {@link #field} does
     * @throws IllegalArgumentException as {@link #field} does
     */
    public Secret narrowedTo(String name) {
        return new Secret(id, version, SecretContent.of(id, field(name)), Optional.empty(), expiresAt);
    }

    /** The part that a reference to this secret names, decoded as it says; this secret itself if it names no part. */
    Secret narrowedTo(SecretRef ref) {
        var field = ref.field();
        Secret narrowed = field.isPresent() ? narrowedTo(field.get()) : this;
        return ref.encoding() == Encoding.NONE ? narrowed : narrowed.decoded(ref);
    }

    /**
     * Returns what a reference to this secret names, as {@link Secrets#get(SecretRef)} does: the one value, a field, or
     * what is inside of one, decoded if the reference says so.
     *
     * @param ref a reference to this secret
     * @return the value
     * @throws SecretFormatException if there is no such value here
     */
    public SecretValue value(SecretRef ref) {
        if (ref.encoding() != Encoding.NONE) {
            return narrowedTo(ref).value();
        }
        Optional<String> field = ref.field();
        return field.isPresent() ? field(field.get()) : value();
    }

    private Secret decoded(SecretRef ref) {
        byte[] encoded = value().borrowed();
        try {
            var decoded = SecretValue.owning(ref.encoding().decode(encoded), id);
            return new Secret(id, version, SecretContent.of(id, decoded), contentType, expiresAt);
        } catch (IllegalArgumentException e) { // says the encoding and the offset, nothing else
            String subject = ref.field()
                    .map(name -> "field " + Printable.quoted(name) + " ")
                    .orElse("");
            throw new SecretFormatException(
                    id, subject + "is " + e.getMessage(), "correct it in the store, or leave out 'encoding='");
        }
    }

    /** Returns which secret it is and which version, never a value; reads no JSON. */
    @Override
    public String toString() {
        String held = content.isWhole() ? "value=***" : "fields=" + content.names();
        return "Secret[" + id + ", version=" + version + ", " + held + "]";
    }
}
