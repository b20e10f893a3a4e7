package io.github.secretsource.vault;

import java.io.IOException;

/** The server sent a request off to another host or port; following it would carry the token there. */
final class OtherOriginException extends IOException {
    private static final long serialVersionUID = 1L;

    OtherOriginException() {
        super("another origin");
    }
}
