package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.Ports;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A kube-apiserver: its flags, files and process, which can be replaced by another one on the same port. */
final class ApiServer implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final String LOG = "kube-apiserver";
    /** What is asked in a loop, by the control plane itself, would hide what tests ask. */
    private static final String AUDIT_POLICY = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            rules:
              - level: None
                nonResourceURLs: ["/*"]
              - level: None
                users: ["system:apiserver", "system:kube-controller-manager"]
              - level: None
                userGroups: ["system:serviceaccounts:kube-system"]
              - level: Metadata
            """;

    private final URI address;
    private final Workspace workspace;
    private final List<String> command;
    private volatile ServerProcess process;

    private ApiServer(URI address, Workspace workspace, List<String> command) {
        this.address = address;
        this.workspace = workspace;
        this.command = List.copyOf(command);
        this.process = run();
    }

    static ApiServer start(Path binary, Workspace workspace, ClusterKeys keys, URI etcd, KubernetesBuilder options) {
        int port = Ports.free();
        URI address = URI.create("https://127.0.0.1:" + port);
        Path encryption = workspace.write("encryption.yaml", options.encryption());
        Path policy = workspace.write("audit-policy.yaml", AUDIT_POLICY);
        var command = new ArrayList<>(List.of(
                binary.toString(),
                "kube-apiserver",
                "--etcd-servers=" + etcd,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                "--secure-port=" + port,
                "--cert-dir=" + workspace.data("unused"),
                "--endpoint-reconciler-type=none",
                "--service-cluster-ip-range=10.0.0.0/24",
                "--authorization-mode=RBAC",
                // Without it an open watch keeps the process for a minute after SIGTERM.
                "--shutdown-watch-termination-grace-period=1s",
                "--encryption-provider-config=" + encryption,
                "--encryption-provider-config-automatic-reload=true",
                "--audit-policy-file=" + policy,
                "--audit-log-path=" + workspace.log("audit")));
        command.addAll(keys.apiServerFlags());
        command.addAll(options.apiServerFlags());
        return new ApiServer(address, workspace, command);
    }

    private ServerProcess run() {
        return ServerProcess.start(workspace.log(LOG), "KILL", Map.of(), command);
    }

    URI address() {
        return address;
    }

    void writeEncryption(String configuration) {
        workspace.write("encryption.yaml", configuration);
    }

    ServerProcess process() {
        return process;
    }

    /** Ends the process as an operator does: requests end first. */
    void stop() {
        process.resume();
        process.send("TERM");
        process.awaitExit(GRACE);
    }

    /** Starts it again, with the same flags, on the same port; it need not be ready. */
    void restart() {
        if (process.isAlive()) {
            stop();
        }
        process = run();
    }

    @Override
    public void close() {
        process.close();
    }
}
