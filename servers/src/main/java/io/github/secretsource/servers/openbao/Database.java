package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.AdminClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database engine on PostgreSQL. What it takes back, it takes back a few seconds late. Immutable, safe for concurrent use. */
public final class Database {
    private static final String CONNECTION = "postgres";
    private static final String CREATE =
            "CREATE ROLE \"{{name}}\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'";

    private final AdminClient client;
    private final String mount;

    Database(AdminClient client, String mount) {
        this.client = client;
        this.mount = mount;
    }

    /**
     * Connects the engine, anew if it was: with a password that is wrong nothing more can be minted.
     *
     * @param host of the server
     * @param port of the server
     * @param database in which the roles are made
     * @param user who may make them
     * @param password of the user
     */
    public void connect(String host, int port, String database, String user, String password) {
        var body = Bodies.of(
                "plugin_name",
                "postgresql-database-plugin",
                "allowed_roles",
                List.of("*"),
                "connection_url",
                "postgresql://{{username}}:{{password}}@" + host + ":" + port + "/" + database + "?sslmode=disable",
                "username",
                user,
                "password",
                password,
                "verify_connection",
                false);
        client.send("POST", "/v1/" + mount + "/config/" + CONNECTION, body).ok();
    }

    /**
     * Returns where it is mounted.
     *
     * @return without a slash at either end
     */
    public String mount() {
        return mount;
    }

    /**
     * Makes a role that mints PostgreSQL roles that may log in.
     *
     * @param ttl of a lease
     * @param maxTtl the end of a lease, however often renewed
     * @param more statements after the role is made, such as {@code GRANT SELECT ON t TO "{{name}}"}
     * @return the path that mints, such as {@code database/creds/app}
     */
    public String role(Duration ttl, Duration maxTtl, String... more) {
        String role = VaultAdmin.fresh("role");
        setRole(role, ttl, maxTtl, more);
        return mount + "/creds/" + role;
    }

    /**
     * Makes or replaces a role; leases that are there keep what they were made with.
     *
     * @param role its name
     * @param ttl of a lease
     * @param maxTtl the end of a lease, however often renewed
     * @param more statements after the role is made
     */
    public void setRole(String role, Duration ttl, Duration maxTtl, String... more) {
        var statements = new ArrayList<>(List.of(CREATE));
        statements.addAll(List.of(more));
        var body = Bodies.of(
                "db_name", CONNECTION,
                "creation_statements", statements,
                "default_ttl", ttl,
                "max_ttl", maxTtl);
        client.send("POST", "/v1/" + mount + "/roles/" + role, body).ok();
    }

    /**
     * Lets the engine set the password of a role that exists in PostgreSQL: at once, and then regularly.
     *
     * @param user the role in PostgreSQL
     * @param rotationPeriod whole seconds, five at least
     * @return the path that tells the password, such as {@code database/static-creds/app}
     */
    public String staticRole(String user, Duration rotationPeriod) {
        String role = VaultAdmin.fresh("static");
        var body = Bodies.of("db_name", CONNECTION, "username", user, "rotation_period", rotationPeriod);
        client.send("POST", "/v1/" + mount + "/static-roles/" + role, body).ok();
        return mount + "/static-creds/" + role;
    }

    /**
     * Sets a new password of a static role now.
     *
     * @param path from {@link #staticRole}
     */
    public void rotate(String path) {
        String role = path.substring(path.lastIndexOf('/') + 1);
        client.send("POST", "/v1/" + mount + "/rotate-role/" + role).ok();
    }

    @Override
    public String toString() {
        return mount;
    }
}
