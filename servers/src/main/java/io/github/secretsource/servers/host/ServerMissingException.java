package io.github.secretsource.servers.host;

/** A server is neither installed nor named by a property. Its tests fail in CI and are skipped elsewhere. */
public final class ServerMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String server;

    ServerMissingException(String server, String why) {
        super("no " + server + ": " + why + "; run servers/install " + server
                + ", or name a running one as docs/testing.md says");
        this.server = server;
    }

    /**
     * Returns which one.
     *
     * @return its name for the scripts
     */
    public String server() {
        return server;
    }
}
