package io.github.secretsource.servers.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.JsonObject;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a test does at a server as its root, in one namespace. What is made here has a fresh name, so that tests share a
 * server without seeing each other. Immutable, safe for concurrent use.
 */
public final class VaultAdmin {
    private final AdminClient client;
    private final String namespace;

    VaultAdmin(AdminClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /**
     * Returns the way to all that has no method here.
     *
     * @return a client that sends the root's token, and the namespace
     */
    public AdminClient client() {
        return client;
    }

    /**
     * Returns what clients send as {@code X-Vault-Namespace}.
     *
     * @return such as {@code team/blue}; empty for the root
     */
    public String namespace() {
        return namespace;
    }

    /**
     * Makes a namespace below this one. OpenBao alone has them.
     *
     * @return the admin of the new namespace
     * @throws NotOursException if a property names a server without namespaces
     */
    public VaultAdmin newNamespace() {
        String name = fresh("namespace");
        Reply reply = client.send("POST", "/v1/sys/namespaces/" + name, Bodies.of());
        if (reply.body().contains("enterprise-only")) {
            throw new NotOursException("the server that servers.openbao names has no namespaces");
        }
        reply.ok();
        String whole = namespace.isEmpty() ? name : namespace + "/" + name;
        return new VaultAdmin(client.with("X-Vault-Namespace", whole), whole);
    }

    /**
     * Mounts a key-value engine of version 1.
     *
     * @return an empty engine
     */
    public Kv1 kv1() {
        return kv1Below("");
    }

    /**
     * Mounts a key-value engine of version 1 whose mount has more than one segment.
     *
     * @param folder such as {@code teams/blue}
     * @return an empty engine
     */
    public Kv1 kv1Below(String folder) {
        return new Kv1(client, mountKv(folder, 1));
    }

    /**
     * Mounts a key-value engine of version 2.
     *
     * @return an empty engine
     */
    public Kv2 kv2() {
        return kv2Below("");
    }

    /**
     * Mounts a key-value engine of version 2 whose mount has more than one segment.
     *
     * @param folder such as {@code teams/blue}
     * @return an empty engine
     */
    public Kv2 kv2Below(String folder) {
        var kv = new Kv2(client, mountKv(folder, 2));
        kv.awaitUpgrade();
        return kv;
    }

    private String mountKv(String folder, int version) {
        String mount = (folder.isEmpty() ? "" : folder + "/") + fresh("kv" + version);
        mount(mount, Bodies.of("type", "kv", "options", Bodies.of("version", Integer.toString(version))));
        return mount;
    }

    /**
     * Takes a mount away, with all that is in it.
     *
     * @param mount of any secrets engine
     */
    public void unmount(String mount) {
        client.send("DELETE", "/v1/sys/mounts/" + encoded(mount)).ok();
    }

    /**
     * Makes a policy.
     *
     * @param hcl its rules
     * @return its name
     */
    public String policy(String hcl) {
        String name = fresh("policy");
        setPolicy(name, hcl);
        return name;
    }

    /**
     * Makes a policy that lets read and no more.
     *
     * @param paths without {@code /v1/}, such as {@code kv/data/app}
     * @return its name
     */
    public String policyToRead(String... paths) {
        return policy(Arrays.stream(paths)
                .map(path -> "path \"" + path + "\" { capabilities = [\"read\"] }")
                .collect(Collectors.joining("\n")));
    }

    /**
     * Replaces the rules of a policy, for tokens in use too.
     *
     * @param name of the policy
     * @param hcl its rules
     */
    public void setPolicy(String name, String hcl) {
        client.send("PUT", "/v1/sys/policies/acl/" + name, Bodies.of("policy", hcl))
                .ok();
    }

    /**
     * Removes a policy: tokens that have it keep nothing of it.
     *
     * @param name of the policy
     */
    public void deletePolicy(String name) {
        client.send("DELETE", "/v1/sys/policies/acl/" + name).ok();
    }

    /**
     * Returns what is done with tokens.
     *
     * @return of this namespace
     */
    public Tokens tokens() {
        return new Tokens(client);
    }

    /**
     * Returns the ways to log in.
     *
     * @return of this namespace
     */
    public Logins logins() {
        return new Logins(client);
    }

    /**
     * Returns what is done with leases.
     *
     * @return of this namespace
     */
    public Leases leases() {
        return new Leases(client);
    }

    /**
     * Mounts a database engine that makes roles in a PostgreSQL server.
     *
     * @param host of the server
     * @param port of the server
     * @param database in which the roles are made
     * @param user who may make them
     * @param password of the user
     * @return an engine without roles
     */
    public Database database(String host, int port, String database, String user, String password) {
        String mount = fresh("database");
        mount(mount, Bodies.of("type", "database"));
        var engine = new Database(client, mount);
        engine.connect(host, port, database, user, password);
        return engine;
    }

    /**
     * Refuses what is too much with 429.
     *
     * @param path of a mount, with more of it to narrow it down, such as {@code kv/data/app}; without {@code /v1/}
     * @param requests how many are let through
     * @param interval in how long
     * @return a limit that stays until it is lifted
     */
    public RateLimit limit(String path, int requests, Duration interval) {
        String name = fresh("limit");
        client.send("POST", "/v1/sys/quotas/config", Bodies.of("enable_rate_limit_audit_logging", true))
                .ok();
        client.send(
                        "POST",
                        "/v1/sys/quotas/rate-limit/" + name,
                        Bodies.of("path", path, "rate", requests, "interval", interval))
                .ok();
        return new RateLimit(client, name);
    }

    /**
     * Wraps what is given.
     *
     * @param data what is in it
     * @param ttl how long it may be unwrapped
     * @return a token for one unwrapping
     */
    public String wrap(JsonObject data, Duration ttl) {
        return wrapping(ttl)
                .send("POST", "/v1/sys/wrapping/wrap", data)
                .ok()
                .json()
                .getJsonObject("wrap_info")
                .getString("token");
    }

    /**
     * Wraps the answer of a read.
     *
     * @param path without {@code /v1/}, such as {@code kv/data/app}
     * @param ttl how long it may be unwrapped
     * @return a token for one unwrapping
     */
    public String wrapRead(String path, Duration ttl) {
        return wrapping(ttl)
                .send("GET", "/v1/" + encoded(path))
                .ok()
                .json()
                .getJsonObject("wrap_info")
                .getString("token");
    }

    private AdminClient wrapping(Duration ttl) {
        return client.with("X-Vault-Wrap-TTL", Bodies.seconds(ttl));
    }

    private void mount(String mount, JsonObject body) {
        client.send("POST", "/v1/sys/mounts/" + encoded(mount), body).ok();
    }

    static String fresh(String kind) {
        return kind + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    static String encoded(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(segment -> URLEncoder.encode(segment, UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    @Override
    public String toString() {
        return namespace.isEmpty() ? "the root namespace" : namespace;
    }
}
