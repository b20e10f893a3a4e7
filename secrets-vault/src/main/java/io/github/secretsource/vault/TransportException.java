package io.github.secretsource.vault;

/** A request got no answer. Its text is ours: what a client library says may hold a token, so it is never a cause. */
final class TransportException extends Exception {
    private static final long serialVersionUID = 1L;

    /** How far the request got, which says whether another address may be asked. */
    enum Stage {
        /** Nobody took it: no connection, or no TLS. Another address may be asked. */
        UNSENT,
        /** It was sent off to another address, and was not followed there. */
        REDIRECTED,
        /** It may have been carried out. */
        SENT
    }

    private final Stage stage;

    TransportException(Stage stage, String problem) {
        super(problem, null, false, false);
        this.stage = stage;
    }

    Stage stage() {
        return stage;
    }

    /** The rest of a sentence about the server. */
    String problem() {
        return String.valueOf(getMessage());
    }
}
