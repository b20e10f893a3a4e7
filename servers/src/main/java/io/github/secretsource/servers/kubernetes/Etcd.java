package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Ports;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The store below a kube-apiserver. Safe for concurrent use. */
final class Etcd implements AutoCloseable {
    private final URI address;
    private final ServerProcess process;
    private final AdminClient client;

    private Etcd(URI address, ServerProcess process) {
        this.address = address;
        this.process = process;
        this.client = AdminClient.of(address);
    }

    static Etcd start(Path binary, Workspace workspace, Duration limit) {
        URI address = URI.create("http://127.0.0.1:" + Ports.free());
        URI peers = URI.create("http://127.0.0.1:" + Ports.free());
        List<String> command = List.of(
                binary.toString(),
                "etcd",
                "--name=test",
                "--data-dir=" + workspace.data("etcd"),
                "--listen-client-urls=" + address,
                "--advertise-client-urls=" + address,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=test=" + peers,
                "--unsafe-no-fsync");
        var etcd = new Etcd(address, ServerProcess.start(workspace.log("etcd"), "KILL", Map.of(), command));
        try {
            etcd.process.awaitReady(
                    limit, () -> etcd.client.send("GET", "/health").status() == 200);
            return etcd;
        } catch (AssertionError e) {
            etcd.close();
            throw e;
        }
    }

    URI address() {
        return address;
    }

    /** Returns the bytes of a key as they are stored, or nothing. */
    Optional<byte[]> read(String key) {
        JsonObject answer = range(key);
        return answer.containsKey("kvs")
                ? Optional.of(Base64.getDecoder()
                        .decode(answer.getJsonArray("kvs").getJsonObject(0).getString("value")))
                : Optional.empty();
    }

    /** Forgets all versions but the last ones. */
    void compact() {
        String revision = range("none").getJsonObject("header").getString("revision");
        JsonObject body = Json.createObjectBuilder()
                .add("revision", revision)
                .add("physical", true)
                .build();
        client.send("POST", "/v3/kv/compaction", body).ok();
    }

    private JsonObject range(String key) {
        String encoded = Base64.getEncoder().encodeToString(key.getBytes(UTF_8));
        JsonObject body = Json.createObjectBuilder().add("key", encoded).build();
        return client.send("POST", "/v3/kv/range", body).ok().json();
    }

    @Override
    public void close() {
        process.close();
    }
}
