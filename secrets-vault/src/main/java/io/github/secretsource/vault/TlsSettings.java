package io.github.secretsource.vault;

import javax.net.ssl.SSLContext;

/** How TLS is spoken to the servers. */
@FunctionalInterface
interface TlsSettings {

    /**
     * Returns the same context as long as nothing has changed, so that connections can be used again.
     *
     * @throws TransportException if there is none that could be used
     */
    SSLContext context() throws TransportException;
}
