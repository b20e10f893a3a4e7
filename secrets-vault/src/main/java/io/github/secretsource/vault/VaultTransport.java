package io.github.secretsource.vault;

import java.net.URI;

/**
 * Sends one request to one address and returns what came back, whatever its status. No redirect leaves that address; no
 * request that must be sent once is sent twice; the deadline is kept. Safe for concurrent use.
 */
interface VaultTransport extends AutoCloseable {

    /**
     * Sends a request.
     *
     * @param address scheme, host and port
     * @param request what to send
     * @param deadline when to give up, on the monotonic clock
     * @return the answer
     * @throws TransportException if there is none
     */
    VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException;

    /** Closes the connections; a request under way fails. */
    @Override
    void close();
}
