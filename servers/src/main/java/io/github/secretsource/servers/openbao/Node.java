package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Ports;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import jakarta.json.Json;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server process of ours, whose ports, certificate and files outlive its restarts. Safe for concurrent use. */
final class Node {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Product product;
    private final Workspace workspace;
    private final CertificateAuthority authority;
    private final int port = Ports.free();
    private final int tlsPort = Ports.free();
    private final int clusterPort = Ports.free();
    private final AdminClient client = AdminClient.of(address());
    private volatile @Nullable ServerProcess process;

    Node(Product product, CertificateAuthority authority) {
        this.product = product;
        this.workspace = Workspace.create(product.room());
        this.authority = authority;
        workspace.write("ca.pem", authority.pem());
        write(authority.localhost());
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    URI tlsAddress() {
        return URI.create("https://127.0.0.1:" + tlsPort);
    }

    String clusterAddress() {
        return "127.0.0.1:" + clusterPort;
    }

    Path caFile() {
        return workspace.data("ca.pem");
    }

    Path audit() {
        return workspace.log("audit");
    }

    CertificateAuthority authority() {
        return authority;
    }

    AdminClient client() {
        return client;
    }

    /** Starts a dev server, whose data is in memory. */
    void startDev(String token) {
        var environment = new HashMap<>(Map.of(product.prefix() + "_DEV_ROOT_TOKEN_ID", token));
        Map<String, Object> configuration = configuration(List.of(tlsListener()));
        // What -dev has anyway; Vault crashes at a SIGHUP if its configuration does not say so.
        configuration.put("storage", Map.of("inmem", Map.of()));
        start(environment, configuration, "-dev", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:" + port);
        AdminClient root = client().with("X-Vault-Token", token);
        awaitReady(() -> root.send("GET", "/v1/sys/mounts/secret/tune").status() == 200);
        audits(token);
    }

    /** Sees to it that requests are written down; all nodes of a cluster do the same. */
    void audits(String token) {
        if (!product.auditsByConfiguration()) {
            client().with("X-Vault-Token", token)
                    .send("PUT", "/v1/sys/audit/main", Bodies.of("type", "file", "options", auditOptions()))
                    .ok();
        }
    }

    /** Starts a server with raft storage; it is sealed, or not initialised, when this returns. */
    void startRaft() {
        Map<String, Map<String, Object>> plain = Map.of(
                "tcp",
                Map.of("address", "127.0.0.1:" + port, "cluster_address", clusterAddress(), "tls_disable", true));
        Map<String, Object> configuration = configuration(List.of(plain, tlsListener()));
        workspace.write("raft/here", "");
        configuration.put(
                "storage",
                Map.of(
                        "raft",
                        Map.of(
                                "path",
                                workspace.data("raft").toString(),
                                "node_id",
                                "node-" + clusterPort,
                                "performance_multiplier",
                                1,
                                "autopilot_update_interval",
                                "200ms",
                                "autopilot_reconcile_interval",
                                "200ms")));
        configuration.put("api_addr", address().toString());
        configuration.put("cluster_addr", "https://" + clusterAddress());
        configuration.put("disable_mlock", true);
        start(Map.of(), configuration);
        awaitReady(() -> client().send("GET", "/v1/sys/seal-status").status() == 200);
    }

    private void start(Map<String, String> environment, Map<String, Object> configuration, String... arguments) {
        Path file = workspace.write(
                "server.json", Json.createObjectBuilder(configuration).build().toString());
        var all = new ArrayList<>(List.of("-config=" + file));
        all.addAll(List.of(arguments));
        var command = new ArrayList<>(List.of("env", "-C", workspace.data("").toString()));
        command.addAll(product.command(all));
        process = ServerProcess.start(workspace.log("server"), environment, command);
    }

    private Map<String, Object> configuration(List<Map<String, Map<String, Object>>> listeners) {
        var configuration = new HashMap<String, Object>(Map.of("listener", listeners));
        if (product.auditsByConfiguration()) {
            // Without a second member beside the options the server does not understand JSON.
            var device = Map.of("path", "main/", "options", auditOptions());
            configuration.put("audit", List.of(Map.of("file", Map.of("main", device))));
        }
        return configuration;
    }

    /** All nodes of a cluster must have the same device, so its file is told relative to where they run. */
    private static Map<String, String> auditOptions() {
        return Map.of("file_path", "../audit.log", "hmac_accessor", "false");
    }

    /** Its cluster address is named, since it would be the next port, which may be another server's. */
    private Map<String, Map<String, Object>> tlsListener() {
        return Map.of(
                "tcp",
                Map.of(
                        "address", "127.0.0.1:" + tlsPort,
                        "cluster_address", clusterAddress(),
                        "tls_cert_file", workspace.data("tls.crt").toString(),
                        "tls_key_file", workspace.data("tls.key").toString()));
    }

    /** Shows another certificate from the next connection on, without a restart. */
    void present(Identity identity) {
        write(identity);
        running().send("HUP");
        PresentedCertificate.await(tlsPort, identity.certificate(), LIMIT);
    }

    private void write(Identity identity) {
        workspace.write("tls.crt", identity.certificatePem());
        workspace.write("tls.key", identity.keyPem());
    }

    void awaitReady(BooleanSupplier ready) {
        running().awaitReady(LIMIT, ready);
    }

    void pause() {
        running().pause();
    }

    void resume() {
        running().resume();
    }

    void kill() {
        running().kill();
    }

    void stop() {
        ServerProcess now = process;
        if (now != null) {
            now.close();
        }
    }

    /** For good, so without a farewell: a node that stepped down takes ten seconds for its one. */
    void remove() {
        ServerProcess now = process;
        if (now != null && now.isAlive()) {
            now.kill();
        }
        workspace.removeData();
    }

    private ServerProcess running() {
        ServerProcess now = process;
        if (now == null) {
            throw new IllegalStateException("the server was not started");
        }
        return now;
    }
}
