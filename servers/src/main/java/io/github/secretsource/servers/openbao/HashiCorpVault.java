package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Server;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * HashiCorp's Vault, a dev server; the rest as for {@link OpenBao}, but without namespaces. Safe for concurrent use.
 *
 * <p>The properties begin with {@code servers.vault} and are otherwise those of OpenBao.
 */
public final class HashiCorpVault implements Server {
    private final VaultServer server;

    private HashiCorpVault(VaultServer server) {
        this.server = server;
    }

    /**
     * Returns what most tests share: a dev server of its own, or the one that the properties name.
     *
     * @return a server that answers
     */
    public static HashiCorpVault start() {
        return new HashiCorpVault(VaultServer.shared(Product.VAULT));
    }

    /**
     * Starts a dev server, for a test that stops it or gives it a certificate. Its data is in memory.
     *
     * @return a server that answers
     */
    public static HashiCorpVault startOwn() {
        return new HashiCorpVault(VaultServer.dev(Product.VAULT));
    }

    /** Returns its address of plain http. */
    public URI address() {
        return server.address();
    }

    /** Returns its https address. */
    public URI tlsAddress() {
        return server.tlsAddress();
    }

    /** Returns the token of its root. */
    public String token() {
        return server.token();
    }

    /** Returns the file with whom clients of https trust. */
    public Path caFile() {
        return server.caFile();
    }

    /** Returns who signed its certificate. */
    public CertificateAuthority authority() {
        return server.authority();
    }

    /** Returns what its root does. */
    public VaultAdmin admin() {
        return server.admin();
    }

    /** Returns the requests that it answered so far, of all tests, in their order. */
    public List<Request> requests() {
        return server.requests();
    }

    /**
     * Shows another certificate to new connections, without a restart.
     *
     * @param identity of whatever authority
     */
    public void present(Identity identity) {
        server.present(identity);
    }

    /** Stops it in its tracks: connections stay open and nothing answers. */
    public void pause() {
        server.pause();
    }

    /** Lets it go on. */
    public void resume() {
        server.resume();
    }

    /** Ends it without a warning, and returns when it is gone. */
    public void kill() {
        server.kill();
    }

    /** Starts it at the same addresses with the same token, empty. */
    public void restart() {
        server.restart();
    }

    @Override
    public List<String> reach() {
        return server.reach();
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
