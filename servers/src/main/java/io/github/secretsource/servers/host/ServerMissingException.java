package io.github.secretsource.servers.host;

/** A server is neither installed nor named by a property. Its tests fail in CI and are skipped elsewhere. */
public final class ServerMissingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ServerMissingException(String server, String why) {
        super("no " + server + ": " + why + "; run servers/install " + server
                + ", or name a running one as docs/testing.md says");
    }
}
