package io.github.secretsource.vault;

import java.util.Locale;

/** What is mounted at a path: which says how secrets below it are addressed. */
public enum VaultMount {
    /** Key-value secrets without versions. */
    KV1,
    /** Key-value secrets with versions. */
    KV2,
    /** Any other engine whose secrets are read by their path, such as one that makes database users. */
    PLAIN;

    /** As configuration writes it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
