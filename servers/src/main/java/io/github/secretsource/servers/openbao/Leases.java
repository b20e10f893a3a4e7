package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The leases of a namespace. Immutable, safe for concurrent use. */
public final class Leases {
    private final AdminClient client;

    Leases(AdminClient client) {
        this.client = client;
    }

    /**
     * Returns the leases that live.
     *
     * @param prefix a path that hands out leases, such as {@code database/creds/app}, or a folder of such paths
     * @return their ids, whole
     */
    public List<String> list(String prefix) {
        var reply = client.send("LIST", "/v1/sys/leases/lookup/" + VaultAdmin.encoded(prefix))
                .status(200, 404);
        if (reply.status() == 404) {
            return List.of();
        }
        return reply.json().getJsonObject("data").getJsonArray("keys").getValuesAs(JsonString::getString).stream()
                .flatMap(key -> key.endsWith("/")
                        ? list(prefix + "/" + key.substring(0, key.length() - 1)).stream()
                        : Stream.of(prefix + "/" + key))
                .toList();
    }

    /**
     * Returns what the server knows of a lease.
     *
     * @param leaseId its id
     * @return as the server says it; empty if there is no such lease (any more)
     */
    public Optional<JsonObject> lookup(String leaseId) {
        var reply = client.send("PUT", "/v1/sys/leases/lookup", Bodies.of("lease_id", leaseId))
                .status(200, 400, 404);
        return reply.status() == 200 ? Optional.of(reply.json().getJsonObject("data")) : Optional.empty();
    }

    /**
     * Revokes a lease, and returns when what it gave is taken back.
     *
     * @param leaseId its id
     */
    public void revoke(String leaseId) {
        client.send("PUT", "/v1/sys/leases/revoke", Bodies.of("lease_id", leaseId, "sync", true))
                .ok();
    }

    /**
     * Revokes all leases of a path, and returns when what they gave is taken back.
     *
     * @param prefix as in {@link #list}
     */
    public void revokeAll(String prefix) {
        client.send("PUT", "/v1/sys/leases/revoke-prefix/" + VaultAdmin.encoded(prefix), Bodies.of("sync", true))
                .ok();
    }
}
