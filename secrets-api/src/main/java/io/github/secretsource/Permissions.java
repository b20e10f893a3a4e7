package io.github.secretsource;

import java.util.Objects;

/**
 * The least permissions that a source needs for the references in use, written in the store's own language. Immutable
 * and safe for concurrent use.
 */
public final class Permissions {

    private final String source;
    private final String language;
    private final String document;

    private Permissions(String source, String language, String document) {
        this.source = Objects.requireNonNull(source, "source");
        this.language = Objects.requireNonNull(language, "language");
        this.document = Objects.requireNonNull(document, "document");
    }

    /**
     * Returns a document of permissions.
     *
     * @param source the name of the source
     * @param language what the document is written in, such as {@code kubernetes-rbac} or {@code vault-policy}
     * @param document the text to hand to an administrator
     * @return the permissions
     */
    public static Permissions of(String source, String language, String document) {
        return new Permissions(source, language, document);
    }

    /**
     * Returns whose permissions these are.
     *
     * @return the name of the source
     */
    public String source() {
        return source;
    }

    /**
     * Returns what the document is written in.
     *
     * @return a name such as {@code aws-iam}
     */
    public String language() {
        return language;
    }

    /**
     * Returns the text to hand to an administrator.
     *
     * @return the document
     */
    public String document() {
        return document;
    }

    @Override
    public String toString() {
        return "Permissions[" + source + ", " + language + "]";
    }
}
