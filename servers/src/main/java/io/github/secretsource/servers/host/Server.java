package io.github.secretsource.servers.host;

import java.util.List;

/** A server that tests talk to. Ready when it exists; safe for concurrent use unless it says otherwise. */
public interface Server extends AutoCloseable {

    /**
     * Returns how a person reaches the server: one line each, such as {@code export VAULT_ADDR=…}.
     *
     * @return the lines that `servers/run` prints
     */
    List<String> reach();

    /** Ends the server and what it left on disk, except its logs. A server that ran before is left alone. */
    @Override
    void close();
}
