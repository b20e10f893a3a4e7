package io.github.secretsource.vault;

/** A request got no answer. Its text is ours: what a client library says may hold a token, so it is never a cause. */
final class TransportException extends Exception {
    private static final long serialVersionUID = 1L;

    /** How far the request got, which says whether another address may be asked. */
    enum Stage {
        /** Nobody took it: no connection, or no TLS. Another address may be asked. */
        UNSENT,
        /** It may have been carried out. */
        SENT
    }

    private final Stage stage;
    private final String fix;

    TransportException(Stage stage, String problem) {
        this(stage, problem, "look at that server and at the way to it");
    }

    TransportException(Stage stage, String problem, String fix) {
        super(problem, null, false, false);
        this.stage = stage;
        this.fix = fix;
    }

    Stage stage() {
        return stage;
    }

    /** The rest of a sentence about the server. */
    String problem() {
        return String.valueOf(getMessage());
    }

    String fix() {
        return fix;
    }
}
