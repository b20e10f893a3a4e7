package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.openbao.Database;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.openbao.VaultAdmin;
import io.github.secretsource.servers.postgres.Login;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.test.FaultProxy;
import io.github.secretsource.view.UsernamePassword;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A database in a real PostgreSQL, an engine in a real OpenBao that makes users there, and what both servers counted of
 * that. The source is asked by https. Safe for concurrent use.
 */
final class DatabaseUsers implements AutoCloseable {
    private final OpenBao bao;
    private final Postgres postgres;
    private final VaultAdmin admin;
    private final String name;
    private final Database engine;

    DatabaseUsers(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.postgres = postgres;
        this.admin = bao.admin();
        this.name = postgres.createDatabase();
        Login maker = postgres.createRoleMaker(name);
        InetSocketAddress at = postgres.address();
        this.engine = admin.database(at.getHostString(), at.getPort(), name, maker.user(), maker.password());
    }

    /** Makes a role and returns the path that makes users of it. */
    String role(Duration ttl, Duration maxTtl) {
        // The engine puts eight characters of it into the names of the users.
        String role = UUID.randomUUID().toString().substring(0, 8);
        engine.setRole(role, ttl, maxTtl);
        return engine.mount() + "/creds/" + role;
    }

    /** Has the engine rotate the password of a user, which is made here, and returns the path that tells it. */
    String staticRole(Duration period) {
        Login fixed = postgres.createRoleMaker(name);
        // Setting the password of somebody else's user takes a superuser.
        engine.connect(
                postgres.address().getHostString(),
                postgres.address().getPort(),
                name,
                postgres.user(),
                postgres.password());
        return engine.staticRole(fixed.user(), period);
    }

    static String ref(String path) {
        return "vault:" + path;
    }

    /** A policy for paths and, as far as is said, for their leases. */
    String policy(List<String> paths, String... leaseEndpoints) {
        var rules = new StringBuilder();
        paths.forEach(path -> rules.append("path \"" + path + "\" { capabilities = [\"read\"] }\n"));
        for (String endpoint : leaseEndpoints) {
            rules.append("path \"sys/leases/" + endpoint + "\" { capabilities = [\"update\"] }\n");
        }
        return admin.policy(rules.toString());
    }

    /** A token for a path and its leases, good for an hour. */
    Token token(String path) {
        return token(List.of(path), "renew", "revoke");
    }

    Token token(List<String> paths, String... leaseEndpoints) {
        return admin.tokens()
                .create(TokenTerms.of(policy(paths, leaseEndpoints)).withTtl(Duration.ofHours(1)));
    }

    /** A token without the policy that every token has otherwise, and that lets it renew leases. */
    Token bareToken(List<String> paths, String... leaseEndpoints) {
        JsonObject terms = Json.createObjectBuilder()
                .add("policies", Json.createArrayBuilder().add(policy(paths, leaseEndpoints)))
                .add("no_default_policy", true)
                .add("ttl", "1h")
                .build();
        JsonObject made = admin.client()
                .send("POST", "/v1/auth/token/create", terms)
                .ok()
                .json()
                .getJsonObject("auth");
        return new Token(made.getString("client_token"), made.getString("accessor"));
    }

    /** Secrets of the server itself. */
    Secrets secrets(Token token) {
        return secrets(source(bao.tlsAddress(), auth(token)));
    }

    /** Secrets of the server behind a proxy that {@link #proxy} made. */
    Secrets secrets(FaultProxy proxy, Token token) {
        return secrets(source(proxy, token));
    }

    private static Secrets secrets(VaultSource source) {
        return Secrets.builder().source("vault", source).build();
    }

    VaultSource source(VaultAuth auth) {
        return source(bao.tlsAddress(), auth);
    }

    /** By plain http: of TLS a proxy would cut the handshake, not the answer. */
    VaultSource source(FaultProxy proxy, Token token) {
        return source(URI.create("http://127.0.0.1:" + proxy.address().getPort()), auth(token));
    }

    private VaultSource source(URI address, VaultAuth auth) {
        return VaultSource.builder(address).auth(auth).authorities(bao.caFile()).build();
    }

    static VaultAuth auth(Token token) {
        return VaultAuth.token(SecretValue.of(token.value()));
    }

    FaultProxy proxy() {
        URI address = bao.address();
        return FaultProxy.before(new InetSocketAddress(address.getHost(), address.getPort()));
    }

    VaultAdmin admin() {
        return admin;
    }

    OpenBao bao() {
        return bao;
    }

    Postgres postgres() {
        return postgres;
    }

    /** Asks both servers for next to nothing. */
    void ask() {
        admin.client().send("GET", "/v1/sys/health").ok();
        postgres.execute("postgres", "SELECT 1");
    }

    // ---- what the servers counted --------------------------------------------------------------------------------

    /** The users made, in their order. */
    List<Request> mints(String path) {
        return bao.requests().stream()
                .filter(Request::isMint)
                .filter(request -> request.isRead(path))
                .toList();
    }

    /** Reads of a path, done or refused. */
    List<Request> reads(String path) {
        return bao.requests().stream().filter(request -> request.isRead(path)).toList();
    }

    List<Request> renewals(Token token) {
        return of(token).stream().filter(Request::isLeaseRenewal).toList();
    }

    List<Request> revocations(Token token) {
        return of(token).stream().filter(Request::isLeaseRevocation).toList();
    }

    List<Request> of(Token token) {
        return bao.requests().stream()
                .filter(request -> request.accessor().equals(token.accessor()))
                .toList();
    }

    /** The users of a role that PostgreSQL has now. */
    List<String> users(String path) {
        return postgres.roles("v-%-" + path.substring(path.lastIndexOf('/') + 1) + "-%");
    }

    boolean accepts(UsernamePassword pair) {
        return postgres.accepts(name, pair.username(), pair.password().reveal());
    }

    Connection connect(UsernamePassword pair) throws SQLException {
        return postgres.connect(name, pair.username(), pair.password().reveal());
    }

    @Override
    public void close() {
        admin.unmount(engine.mount());
    }
}
