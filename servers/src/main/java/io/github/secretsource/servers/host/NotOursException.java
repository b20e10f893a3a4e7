package io.github.secretsource.servers.host;

/**
 * A server that a property names runs elsewhere: it cannot be killed, or its log read. Tests that need that are skipped.
 */
public final class NotOursException extends UnsupportedOperationException {
    private static final long serialVersionUID = 1;

    /**
     * Makes one.
     *
     * @param message which property names the server, and what cannot be had therefore
     */
    public NotOursException(String message) {
        super(message);
    }
}
