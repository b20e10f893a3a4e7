package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Server;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * OpenBao. What tests do there as its root is {@link #admin}; this is the server itself. Safe for concurrent use.
 *
 * <p>The property {@code servers.openbao} names the address of one that runs; then {@code servers.openbao.token} is its
 * root's token, and if wanted {@code servers.openbao.tls} its https address, {@code servers.openbao.ca} the file with
 * whom to trust there, and {@code servers.openbao.audit} the file of an audit device with {@code hmac_accessor=false}.
 * Such a server cannot be stopped, paused, sealed or given a certificate: these methods throw
 * UnsupportedOperationException.
 *
 * <p>With {@code -Dservers.openbao=vault} all of them are HashiCorp's Vault, which has no namespaces.
 */
public final class OpenBao implements Server {
    private final VaultServer server;

    OpenBao(VaultServer server) {
        this.server = server;
    }

    /**
     * Returns what most tests share: a dev server of its own, or the one that the properties name.
     *
     * @return a server that answers
     */
    public static OpenBao start() {
        return new OpenBao(VaultServer.shared(Product.ofOpenBao()));
    }

    /**
     * Starts a dev server, for a test that stops it or gives it a certificate. Its data is in memory.
     *
     * @return a server that answers
     */
    public static OpenBao startOwn() {
        return new OpenBao(VaultServer.dev(Product.ofOpenBao()));
    }

    /**
     * Starts a server with raft storage, whose data outlives a kill, and which can be sealed.
     *
     * @return a server that answers
     */
    public static OpenBao startRaft() {
        return new OpenBao(VaultServer.raft(Product.ofOpenBao(), CertificateAuthority.create("openbao")));
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

    /** Returns what its root does, in the root namespace. */
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

    /** Starts it at the same addresses with the same token: a dev server empty, one with raft storage with its data, unsealed. */
    public void restart() {
        server.restart();
    }

    /** Seals it: it answers 503 to everything. A dev server cannot be sealed. */
    public void seal() {
        server.seal();
    }

    /** Unseals it. */
    public void unseal() {
        server.unseal();
    }

    boolean isActive() {
        return server.isActive();
    }

    OpenBao joined() {
        return new OpenBao(server.joined());
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
