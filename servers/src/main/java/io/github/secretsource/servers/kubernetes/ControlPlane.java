package io.github.secretsource.servers.kubernetes;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.Installed;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import jakarta.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The three processes of a cluster, their keys and their folder. Faults are for one thread at a time. */
final class ControlPlane implements Cluster, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String RELOADS = "apiserver_encryption_config_controller_automatic_reloads_total";

    private final Path binary;
    private final Workspace workspace;
    private final ClusterKeys keys;
    private final Identity admin;
    private final AuditLog audit;
    private final Etcd etcd;
    private final ApiServer apiServer;
    private volatile AdminClient client;
    private volatile @Nullable ServerProcess manager;

    private ControlPlane(Path binary, KubernetesBuilder options) {
        this.binary = binary;
        workspace = Workspace.create("kubernetes");
        keys = new ClusterKeys(workspace);
        admin = keys.clients().request("admin").organization("system:masters").issue();
        audit = new AuditLog(workspace.log("audit"));
        etcd = Etcd.start(binary, workspace, LIMIT);
        apiServer = ApiServer.start(binary, workspace, keys, etcd.address(), options);
        client = admin().client();
    }

    static ControlPlane start(KubernetesBuilder options) {
        var plane = new ControlPlane(Installed.folder("kubernetes").resolve("control-plane"), options);
        try {
            plane.awaitReady();
            plane.startManager();
            return plane;
        } catch (RuntimeException | AssertionError e) {
            plane.close();
            throw e;
        }
    }

    private void awaitReady() {
        apiServer.process().awaitReady(LIMIT, () -> status("/readyz") == 200);
    }

    private void startManager() {
        var command = new ArrayList<>(List.of(
                binary.toString(),
                "kube-controller-manager",
                "--kubeconfig=" + workspace.write("manager.json", admin().json()),
                "--bind-address=127.0.0.1",
                "--secure-port=0",
                "--leader-elect=false",
                "--use-service-account-credentials=true",
                "--controllers=serviceaccount-controller,serviceaccount-token-controller,namespace-controller,"
                        + "root-ca-certificate-publisher-controller"));
        command.addAll(keys.controllerManagerFlags());
        var process = ServerProcess.start(workspace.log("kube-controller-manager"), "KILL", Map.of(), command);
        manager = process;
        // What it made before is still there after a restart; only of a fresh namespace is the account its own work.
        String fresh = "/api/v1/namespaces/" + freshNamespace();
        process.awaitReady(LIMIT, () -> status(fresh + "/serviceaccounts/default") == 200);
        client.send("DELETE", fresh).ok();
        process.awaitReady(LIMIT, () -> status("/api/v1/namespaces/default/serviceaccounts/default") == 200);
    }

    private String freshNamespace() {
        var metadata = Json.createObjectBuilder().add("generateName", "ready-");
        return client.send(
                        "POST",
                        "/api/v1/namespaces",
                        Json.createObjectBuilder().add("metadata", metadata).build())
                .ok()
                .json()
                .getJsonObject("metadata")
                .getString("name");
    }

    private int status(String path) {
        return client.send("GET", path).status();
    }

    @Override
    public AdminClient client() {
        return client;
    }

    @Override
    public Kubeconfig admin() {
        return Kubeconfig.of(apiServer.address(), keys.servingPem(), admin);
    }

    Path adminFile() {
        return workspace.write("kubeconfig.json", admin().json()).toAbsolutePath();
    }

    ClusterKeys keys() {
        return keys;
    }

    AuditLog audit() {
        return audit;
    }

    Etcd etcd() {
        return etcd;
    }

    ApiServer apiServer() {
        return apiServer;
    }

    void restart() {
        apiServer.restart();
        // Connections to the process before are of no use.
        client = admin().client();
        awaitReady();
    }

    void replaceServing() {
        keys.replaceServing();
        client = admin().client();
        awaitReady();
        stopManager();
        startManager();
    }

    /** Writes another EncryptionConfiguration, and tells whether the running kube-apiserver took it. */
    boolean reload(String configuration) {
        long successes = reloads("success");
        apiServer.writeEncryption(configuration);
        // One look may have begun before; a broken file is looked at again and again.
        long failures = reloads("failure");
        Deadline.await(
                "the EncryptionConfiguration is read",
                LIMIT,
                () -> reloads("success") > successes || reloads("failure") > failures + 1);
        return reloads("success") > successes;
    }

    private long reloads(String status) {
        return client.send("GET", "/metrics")
                .ok()
                .body()
                .lines()
                .filter(line -> line.startsWith(RELOADS) && line.contains("status=\"" + status + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private void stopManager() {
        ServerProcess process = manager;
        if (process != null) {
            process.close();
        }
    }

    /** Ends the processes by SIGKILL, users of others first: nothing of theirs is needed again, and none waits. */
    @Override
    public void close() {
        stopManager();
        apiServer.close();
        etcd.close();
        workspace.removeData();
    }
}
