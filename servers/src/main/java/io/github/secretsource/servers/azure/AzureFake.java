package io.github.secretsource.servers.azure;

import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.host.Workspace;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * A fake, in this JVM, of Microsoft Entra's token endpoint, of a machine's managed identity and of vaults of Azure Key
 * Vault. The real SDK believes it: that proves how the SDK behaves, and nothing about the service.
 *
 * <p>Clients trust {@link #certificates} and reach it in one of two ways: at {@code https://localhost} and a port,
 * where the SDK must be told not to verify the challenge's resource and not to discover instances; or through
 * {@link #proxy} under the names of the service, with nothing switched off.
 *
 * <p>A test that moves the clock, stops it or breaks it for everybody starts one of its own; others use fresh names,
 * identities and vaults. Safe for concurrent use.
 */
public final class AzureFake implements Server {
    /** Entra in {@link #requests}. */
    public static final String ENTRA = "entra";

    /** The machine in {@link #requests}. */
    public static final String MACHINE = "machine";

    private final Workspace workspace = Workspace.create("azure");
    private final ExecutorService threads = Executors.newCachedThreadPool(AzureFake::daemon);
    private final CertificateAuthority authority = CertificateAuthority.create("Azure of the tests");
    private final ServiceClock clock = new ServiceClock();
    private final AccessLog log = new AccessLog(workspace.log("access"));
    private final Faults faults = new Faults();
    private final Directory directory = new Directory();
    private final Tokens tokens = new Tokens(clock);
    private final Assertions assertions = new Assertions(clock);
    private final AzureIdentity identity = directory.register("default");
    private final AzureMachine machine = new AzureMachine(directory, tokens, faults, identity, log, threads);
    private final Map<String, AzureVault> vaults = new ConcurrentHashMap<>();
    private final AzureEndpoint entra;
    private final AzureVault vault;
    private final Tunnel tunnel;
    private volatile Identity certificate = named();

    private AzureFake() {
        var service = new Entra(directory, tokens, assertions, faults);
        entra = new AzureEndpoint(ENTRA, service::answer, log, threads, authority.trusting(certificate));
        tokens.challengeWith(entra.uri() + "/" + directory.tenant());
        vault = newVault("secretsource");
        tunnel = new Tunnel(threads, this::behind);
    }

    /**
     * Starts one.
     *
     * @return ready, with one vault and one identity that may do everything there
     */
    public static AzureFake start() {
        return new AzureFake();
    }

    /** Returns the first vault, named {@code secretsource}. */
    public AzureVault vault() {
        return vault;
    }

    /**
     * Makes another vault, with a port of its own.
     *
     * @param name 3 to 24 letters, digits and hyphens, not one that is there
     * @return empty; {@link #identity} may do everything there
     */
    public AzureVault newVault(String name) {
        if (!name.matches("[a-z][a-z0-9-]{1,22}[a-z0-9]") || vaults.containsKey(AzureVault.host(name))) {
            throw new IllegalArgumentException("no new vault can be called that: " + name);
        }
        var store = new SecretStore(clock);
        var grants = new Grants(name);
        grants.grantEverything(identity);
        var service = new VaultService(store, grants, tokens, faults);
        var endpoint = new AzureEndpoint(name, service::answer, log, threads, authority.trusting(certificate));
        var made = new AzureVault(this, name, store, grants, endpoint);
        vaults.put(AzureVault.host(name), made);
        return made;
    }

    /**
     * Returns the identity that may do everything in every vault; the machine has it too.
     *
     * @return always the same
     */
    public AzureIdentity identity() {
        return identity;
    }

    /**
     * Registers another identity.
     *
     * @param name of its service account
     * @return one that may do nothing yet; the machine has it too, for clients that name it
     */
    public AzureIdentity newIdentity(String name) {
        return directory.register(name);
    }

    /**
     * Returns a token of a service account, as a cluster writes it to {@code AZURE_FEDERATED_TOKEN_FILE}.
     *
     * @param who the identity that trusts the account
     * @param validity from now; negative for one that expired
     * @return a signed JWT
     */
    public String assertion(AzureIdentity who, Duration validity) {
        return assertions.make(who, validity);
    }

    /** Returns where tokens are issued. */
    public URI authority() {
        return entra.uri();
    }

    /** Returns the only tenant. */
    public String tenant() {
        return directory.tenant();
    }

    /** Returns a proxy for HTTPS to Entra and the vaults under the service's names, which need not resolve. */
    public InetSocketAddress proxy() {
        return tunnel.address();
    }

    /** Returns who signed the certificates. */
    public CertificateAuthority certificates() {
        return authority;
    }

    /** Shows a new certificate of the same authority everywhere; closes all connections. */
    public void rotateCertificate() {
        show(named());
    }

    /**
     * Shows a certificate everywhere, whoever signed it; closes all connections.
     *
     * @param other such as an expired one
     */
    public void show(Identity other) {
        certificate = other;
        var tls = authority.trusting(other);
        entra.show(tls);
        vaults.values().forEach(one -> one.endpoint().show(tls));
    }

    /** Returns Entra's port, to stop it, to pause it, or to stand before it. */
    public AzureEndpoint entra() {
        return entra;
    }

    /** Returns the machine with the managed identities. */
    public AzureMachine machine() {
        return machine;
    }

    /**
     * Returns what was answered so far.
     *
     * @return oldest first, everywhere; what waits for an answer is not there yet
     */
    public List<AzureRequest> requests() {
        return log.requests();
    }

    /**
     * Returns every token issued so far, for a search in what a program let out.
     *
     * @return in no order
     */
    public List<String> issuedTokens() {
        return tokens.values();
    }

    /**
     * Begins a fault; the oldest that fits strikes.
     *
     * @param fault what goes wrong
     */
    public void fail(AzureFault fault) {
        faults.add(fault);
    }

    /** Ends all faults; what was slow is answered. */
    public void recover() {
        faults.recover();
    }

    /**
     * Moves the service's clock: tokens expire for vaults, times of secrets change. The client's clock stays.
     *
     * @param by how far
     */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /** Returns the time at the service, in whole seconds. */
    public Instant now() {
        return clock.now();
    }

    /**
     * Sets how long tokens live that are issued from now on.
     *
     * @param lifetime in whole seconds; an hour at the start
     */
    public void tokenLifetime(Duration lifetime) {
        tokens.lifetime(lifetime);
    }

    /** Refuses connections everywhere until {@link #restart}; secrets and tokens are kept. */
    public void stop() {
        endpoints().forEach(AzureEndpoint::stop);
    }

    /** Listens again, on the same ports. */
    public void restart() {
        endpoints().forEach(AzureEndpoint::restart);
    }

    /** Accepts requests everywhere and answers none until {@link #resume}. */
    public void pause() {
        endpoints().forEach(AzureEndpoint::pause);
    }

    /** Answers again, also the requests that wait. */
    public void resume() {
        endpoints().forEach(AzureEndpoint::resume);
    }

    @Override
    public List<String> reach() {
        return List.of(
                "# a fake: no proof of how Azure behaves",
                "# vault " + vault.namedAddress() + " through HTTPS_PROXY, or " + vault.address(),
                "export HTTPS_PROXY=http://127.0.0.1:" + proxy().getPort() + " NO_PROXY=localhost,127.0.0.1",
                "export AZURE_TENANT_ID=" + tenant(),
                "export AZURE_CLIENT_ID=" + identity.clientId(),
                "export AZURE_CLIENT_SECRET=" + identity.secret(),
                "# trust " + workspace.write("ca.pem", authority.pem()));
    }

    @Override
    public void close() {
        recover();
        resume();
        tunnel.close();
        stop();
        threads.shutdownNow();
        workspace.removeData();
    }

    private Optional<InetSocketAddress> behind(String host) {
        return host.equals(Entra.HOST)
                ? Optional.of(entra.address())
                : Optional.ofNullable(vaults.get(host))
                        .map(one -> one.endpoint().address());
    }

    private Stream<AzureEndpoint> endpoints() {
        return Stream.concat(
                Stream.of(entra, machine.endpoint()), vaults.values().stream().map(AzureVault::endpoint));
    }

    private Identity named() {
        return authority
                .request("Azure of the tests")
                .host("localhost")
                .host("*.vault.azure.net")
                .host(Entra.HOST)
                .address("127.0.0.1")
                .issue();
    }

    private static Thread daemon(Runnable work) {
        var thread = new Thread(work, "azure-fake");
        thread.setDaemon(true);
        return thread;
    }
}
