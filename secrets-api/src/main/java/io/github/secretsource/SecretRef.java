package io.github.secretsource;

import java.util.Objects;
import java.util.Optional;

/**
 * Names a secret, and if wanted one field of it, as it is written in configuration: an id, a field and an encoding.
 *
 * <pre>{@code
 * file:db#password                                      one file of a mounted volume
 * vault:app/db?version=3#password                       one field of one version
 * aws-sm:rds!db-1b2c?stage=AWSPENDING#/login/password   a place in a JSON document
 * k8s-token:web?audience=https://vault.example.org      a parameter its source declares
 * gcp-sm:keystore?encoding=base64                       decoded before it is used
 * }</pre>
 *
 * <p>The grammar, in which nothing is ever encoded, expanded or trimmed:
 *
 * <pre>{@code
 * ref   = [ "ref+" | "secretref+" ] source ":" path [ "?" param *( "&" param ) ] [ "#" field ]
 * param = "version=" v | "stage=" s | "previous" | "encoding=" ( "base64" | "base64url" | "hex" ) | name "=" v
 * field = literal key | JSON pointer
 * }</pre>
 *
 * <ul>
 *   <li>A source and the name of a parameter are {@code [a-z][a-z0-9-]*}, at most 63 characters. The prefixes
 *       {@code ref+} and {@code secretref+} mean nothing and are not part of the canonical text.
 *   <li>A path consists of segments of 1 to 255 characters: ASCII letters, digits and {@code -._~@+=:,!}, which is what
 *       the stores use, ARNs and {@code rds!cluster-...} included. Single slashes separate them; one may begin and one may
 *       end the path where the source allows it. No segment is {@code .} or begins with {@code ..}.
 *   <li>A value of a parameter has the characters of a path, slashes included, and at most 255 of them; a version or a
 *       stage has no slash. At most one of {@code version}, {@code stage} and {@code previous} is given, no parameter
 *       twice. Parameters other than those in the grammar are parsed here and checked by the engine against what the
 *       source declares.
 *   <li>A literal field is a key of 1 to 255 characters of printable ASCII, spaces inside it included, without
 *       {@code / % \ # ? & ;} and without <code>${</code>.
 *   <li>A field that begins with a slash is a JSON pointer (RFC 6901): the first token names the field, the rest goes
 *       inside it; {@code ~1} stands for a slash in a key and {@code ~0} for a tilde. Tokens have the characters of a
 *       literal field and are not empty. No field and no token is {@code .} or begins with {@code ..}.
 *   <li>The whole is at most 2,048 characters.
 * </ul>
 *
 * <p>Immutable and safe for concurrent use.
 */
public final class SecretRef {
    private final SecretId id;
    private final Optional<String> field; // kept as Optional, so that asking for it allocates nothing
    private final Encoding encoding;

    private SecretRef(SecretId id, String field, Encoding encoding) {
        this.id = id;
        this.field = field.isEmpty() ? Optional.empty() : Optional.of(field);
        this.encoding = encoding;
    }

    /**
     * Returns the reference a text stands for.
     *
     * @param text the reference as it is written in configuration
     * @return the reference
     * @throws InvalidSecretRefException if the text breaks the grammar; the message says where and what the rule is,
     *     without repeating the text
     */
    public static SecretRef parse(String text) {
        return RefParser.parse(text);
    }

    /**
     * Returns a reference to a secret as a whole, as it is.
     *
     * @param id the secret
     * @return the reference, without a field and without an encoding
     */
    public static SecretRef of(SecretId id) {
        return new SecretRef(Objects.requireNonNull(id, "id"), "", Encoding.NONE);
    }

    /** Returns the reference of parts that have been checked; no field is an empty one. */
    static SecretRef checked(SecretId id, String field, Encoding encoding) {
        var ref = new SecretRef(id, field, encoding);
        RefRules.total(ref.length());
        return ref;
    }

    /**
     * Returns this reference with a field, in place of an earlier one.
     *
     * @param name a literal key, or a JSON pointer that begins with a slash
     * @return the reference to the field
     * @throws InvalidSecretRefException if the field breaks the grammar
     */
    public SecretRef withField(String name) {
        FieldRules.field(new RefText("field", RefRules.present(name, "field")), 0);
        return checked(id, name, encoding);
    }

    /**
     * Returns this reference with an encoding, in place of an earlier one.
     *
     * @param wanted how the bytes are written where they are kept; {@link Encoding#NONE} to take them as they are
     * @return the reference with the encoding
     * @throws InvalidSecretRefException if that makes the reference too long
     */
    public SecretRef withEncoding(Encoding wanted) {
        return checked(id, field.orElse(""), Objects.requireNonNull(wanted, "wanted"));
    }

    /**
     * Returns the secret this refers to.
     *
     * @return the id
     */
    public SecretId id() {
        return id;
    }

    /**
     * Returns the field this refers to: a literal key, or a JSON pointer if it begins with a slash.
     *
     * @return the field, empty for the secret as a whole
     */
    public Optional<String> field() {
        return field;
    }

    /**
     * Returns how the bytes are written where they are kept.
     *
     * @return the encoding, {@link Encoding#NONE} unless one was asked for
     */
    public Encoding encoding() {
        return encoding;
    }

    /**
     * Returns whether the other object is a reference with the same parts.
     *
     * @param other anything
     * @return true if it is a reference with an equal id, field and encoding
     */
    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof SecretRef ref
                        && id.equals(ref.id)
                        && field.equals(ref.field)
                        && encoding == ref.encoding);
    }

    /**
     * Returns a hash of id, field and encoding.
     *
     * @return the hash
     */
    @Override
    public int hashCode() {
        return 31 * (31 * id.hashCode() + field.hashCode())
                + encoding.referenceName().hashCode();
    }

    /**
     * Returns the canonical text: the id, then the encoding, then the field. Parsing it gives an equal reference.
     *
     * @return the canonical text, printable ASCII, at most 2,048 characters
     */
    @Override
    public String toString() {
        var rendered = new StringBuilder(id.toString());
        if (encoding != Encoding.NONE) {
            rendered.append(id.toString().indexOf('?') < 0 ? '?' : '&')
                    .append("encoding=")
                    .append(encoding.referenceName());
        }
        if (field.isPresent()) {
            rendered.append('#').append(field.get());
        }
        return rendered.toString();
    }

    private int length() {
        int encoded = encoding == Encoding.NONE
                ? 0
                : "?encoding=".length() + encoding.referenceName().length();
        return id.toString().length()
                + encoded
                + (field.isPresent() ? field.get().length() + 1 : 0);
    }
}
