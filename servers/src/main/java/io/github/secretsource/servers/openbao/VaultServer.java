package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A server of either product: one that ran before, or a node of ours. What {@code OpenBao} and {@code HashiCorpVault} share. */
final class VaultServer {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final Product product;
    private final Place place;
    private final @Nullable AuditLog audit;
    private final @Nullable Node node;
    private final @Nullable String unsealKey;
    private final AdminClient client;

    private VaultServer(Product product, Place place, @Nullable Node node, @Nullable String unsealKey) {
        this.product = product;
        this.place = place;
        this.audit = place.audit() == null ? null : new AuditLog(place.audit());
        this.node = node;
        this.unsealKey = unsealKey;
        this.client = node == null ? AdminClient.of(place.address()) : node.client();
    }

    static VaultServer shared(Product product) {
        return Place.named(product.room())
                .map(place -> new VaultServer(product, place, null, null))
                .orElseGet(() -> dev(product));
    }

    static VaultServer dev(Product product) {
        var node = new Node(product, CertificateAuthority.create(product.room()));
        String token = "root-" + UUID.randomUUID();
        return started(node, () -> {
            node.startDev(token);
            return of(product, node, token, null);
        });
    }

    static VaultServer raft(Product product, CertificateAuthority authority) {
        var node = new Node(product, authority);
        return started(node, () -> {
            node.startRaft();
            JsonObject keys = node.client()
                    .send("PUT", "/v1/sys/init", Bodies.of("secret_shares", 1, "secret_threshold", 1))
                    .ok()
                    .json();
            String key = keys.getJsonArray("keys").getString(0);
            var server = of(product, node, keys.getString("root_token"), key);
            server.unseal();
            node.audits(server.token());
            return server;
        });
    }

    /** Another node of this one's cluster, with the same keys, certificates of the same authority and the same root. */
    VaultServer joined() {
        var other = new Node(product, own().authority());
        return started(other, () -> {
            other.startRaft();
            other.client()
                    .send(
                            "PUT",
                            "/v1/sys/storage/raft/join",
                            Bodies.of("leader_api_addr", place.address().toString()))
                    .ok();
            var server = of(product, other, place.token(), unsealKey);
            server.unseal();
            awaitVoter(other);
            return server;
        });
    }

    /** A new node has no vote until it was healthy for a while, which is ten seconds unless told otherwise. */
    private void awaitVoter(Node other) {
        AdminClient root = admin().client();
        root.send("POST", "/v1/sys/storage/raft/autopilot/configuration", Bodies.of("server_stabilization_time", "1s"))
                .ok();
        String address = other.clusterAddress();
        other.awaitReady(() -> root
                .send("GET", "/v1/sys/storage/raft/configuration")
                .ok()
                .json()
                .getJsonObject("data")
                .getJsonObject("config")
                .getJsonArray("servers")
                .getValuesAs(JsonObject.class)
                .stream()
                .anyMatch(server -> server.getString("address").equals(address) && server.getBoolean("voter")));
    }

    private static VaultServer started(Node node, Supplier<VaultServer> start) {
        try {
            return start.get();
        } catch (RuntimeException | AssertionError e) {
            node.remove();
            throw e;
        }
    }

    private static VaultServer of(Product product, Node node, String token, @Nullable String unsealKey) {
        var place = new Place(node.address(), node.tlsAddress(), token, node.caFile(), node.audit());
        return new VaultServer(product, place, node, unsealKey);
    }

    URI address() {
        return place.address();
    }

    URI tlsAddress() {
        return known(place.tls(), "tls");
    }

    String token() {
        return place.token();
    }

    Path caFile() {
        return known(place.caFile(), "ca");
    }

    CertificateAuthority authority() {
        return own().authority();
    }

    VaultAdmin admin() {
        return new VaultAdmin(client.with("X-Vault-Token", place.token()), "");
    }

    List<Request> requests() {
        return known(audit, "audit").requests();
    }

    void present(Identity identity) {
        own().present(identity);
    }

    void pause() {
        own().pause();
    }

    void resume() {
        own().resume();
    }

    void kill() {
        own().kill();
    }

    void restart() {
        own().stop();
        if (unsealKey == null) {
            own().startDev(place.token());
        } else {
            own().startRaft();
            unseal();
        }
    }

    void seal() {
        raftKey();
        admin().client().send("PUT", "/v1/sys/seal").ok();
    }

    void unseal() {
        own().client()
                .send("PUT", "/v1/sys/unseal", Bodies.of("key", raftKey()))
                .ok();
        own().awaitReady(() -> isUnsealed(client.send("GET", "/v1/sys/health?standbyok=true&perfstandbyok=true"))
                && canWriteOrFollows());
    }

    private static boolean isUnsealed(Reply reply) {
        return reply.status() == 200;
    }

    /** A node that is unsealed is of use when there is a leader. */
    private boolean canWriteOrFollows() {
        JsonObject leader = own().client().send("GET", "/v1/sys/leader").ok().json();
        return leader.getBoolean("is_self", false)
                || !leader.getString("leader_address", "").isEmpty();
    }

    boolean isActive() {
        return own().client().send("GET", "/v1/sys/health").status() == 200;
    }

    List<String> reach() {
        var lines =
                new ArrayList<>(List.of("export VAULT_ADDR=" + place.address(), "export VAULT_TOKEN=" + place.token()));
        if (place.tls() != null && place.caFile() != null) {
            lines.add("export VAULT_CACERT=" + place.caFile() + "   # with VAULT_ADDR=" + place.tls());
        }
        return List.copyOf(lines);
    }

    void close() {
        if (node != null) {
            node.remove();
        }
    }

    private Node own() {
        if (node == null) {
            throw new NotOursException(
                    "the property servers." + product.room() + " names a running server, which is left as it is");
        }
        return node;
    }

    private String raftKey() {
        var unused = own();
        if (unsealKey == null) {
            throw new UnsupportedOperationException("a dev server is never sealed; start one with raft storage");
        }
        return unsealKey;
    }

    private <T> T known(@Nullable T what, String property) {
        if (what == null) {
            throw new NotOursException("the property servers." + product.room() + "." + property
                    + " is not set, but servers." + product.room() + " is");
        }
        return what;
    }

    @Override
    public String toString() {
        return product.room() + " at " + place;
    }
}
