package io.github.secretsource.servers.postgres;

import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.host.ServerProcess;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL on the loopback address, or one that runs: {@code servers.postgres} is its host and port, {@code
 * servers.postgres.user} and {@code servers.postgres.password} a superuser's. A fresh database per test keeps tests
 * apart; roles are the whole server's.
 */
public final class Postgres implements Server {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    /** What a start says while processes live whose parent was killed; they end by themselves. */
    private static final String STILL_USED = "pre-existing shared memory block";

    private final InetSocketAddress address;
    private final String user;
    private final String password;
    private final @Nullable Cluster cluster;

    private Postgres(InetSocketAddress address, String user, String password, @Nullable Cluster cluster) {
        this.address = address;
        this.user = user;
        this.password = password;
        this.cluster = cluster;
    }

    /**
     * Starts a server of its own, or takes the one that the properties name.
     *
     * @return a server that answers
     */
    @SuppressWarnings("AddressSelection") // any address of a server that somebody named will do
    public static Postgres start() {
        String running = System.getProperty("servers.postgres");
        if (running != null) {
            int colon = running.lastIndexOf(':');
            return new Postgres(
                    new InetSocketAddress(running.substring(0, colon), Integer.parseInt(running.substring(colon + 1))),
                    System.getProperty("servers.postgres.user", "postgres"),
                    System.getProperty("servers.postgres.password", ""),
                    null);
        }
        String password = "pg-" + UUID.randomUUID();
        var cluster = new Cluster("postgres", password);
        var server = new Postgres(new InetSocketAddress("127.0.0.1", cluster.port()), "postgres", password, cluster);
        server.startProcess();
        return server;
    }

    private void startProcess() {
        Deadline.await("nothing of the process before is left", READY_LIMIT, this::starts);
    }

    private boolean starts() {
        try {
            own().start().awaitReady(READY_LIMIT, this::answers);
            return true;
        } catch (AssertionError e) {
            if (String.valueOf(e.getMessage()).contains(STILL_USED)) {
                return false;
            }
            throw e;
        }
    }

    private boolean answers() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    /** Returns where it listens. */
    public InetSocketAddress address() {
        return address;
    }

    /** Returns the superuser's name. */
    public String user() {
        return user;
    }

    /** Returns the superuser's password. */
    public String password() {
        return password;
    }

    /** Returns the JDBC URL of a database, without credentials. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + address.getHostString() + ":" + address.getPort() + "/" + database;
    }

    /** Makes an empty database and returns its name. */
    public String createDatabase() {
        String name = "db_" + UUID.randomUUID().toString().replace("-", "");
        execute("postgres", "CREATE DATABASE " + name);
        return name;
    }

    /**
     * Makes the role with which a secrets engine makes roles: it may log in, create roles, and create in the schema
     * public of the database.
     *
     * @param database where it works
     * @return its name and password
     */
    public Login createRoleMaker(String database) {
        var login = new Login("maker_" + UUID.randomUUID().toString().replace("-", ""), "pw-" + UUID.randomUUID());
        execute(
                database,
                "CREATE ROLE " + login.user() + " LOGIN CREATEROLE PASSWORD '" + login.password() + "'",
                "GRANT ALL ON SCHEMA public TO " + login.user() + " WITH GRANT OPTION");
        return login;
    }

    /** Sets a role's password, as a rotation outside of every secrets engine does. */
    public void setPassword(String role, String newPassword) {
        execute("postgres", "ALTER ROLE \"" + role + "\" PASSWORD '" + newPassword + "'");
    }

    /** Ends the sessions of a role; it may log in again. */
    public void endSessions(String role) {
        values("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = ?", role);
    }

    /** Tells whether a role exists. */
    public boolean hasRole(String role) {
        return !values("SELECT rolname FROM pg_roles WHERE rolname = ?", role).isEmpty();
    }

    /** Returns the roles whose names match a pattern of SQL's LIKE. */
    public List<String> roles(String pattern) {
        return values("SELECT rolname FROM pg_roles WHERE rolname LIKE ? ORDER BY rolname", pattern);
    }

    /**
     * Returns how often a role has logged in to this server, from the server's log.
     *
     * @param role its name
     * @return the number of sessions since the start
     */
    public long logins(String role) {
        return own().process().lines().stream()
                .filter(line -> line.contains("connection authorized: user=" + role + " "))
                .count();
    }

    /**
     * Returns how often a role was refused: for a wrong password, or because there is no such role.
     *
     * @param role its name
     * @return the number since the start
     */
    public long refusals(String role) {
        return own().process().lines().stream()
                .filter(line -> line.contains("authentication failed for user \"" + role + "\""))
                .count();
    }

    /** Connects as superuser. */
    public Connection connect(String database) throws SQLException {
        return connect(database, user, password);
    }

    /** Connects as any role. */
    public Connection connect(String database, String role, String itsPassword) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("password", itsPassword);
        properties.setProperty("loginTimeout", "10");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Tells whether a role may log in. */
    public boolean accepts(String database, String role, String itsPassword) {
        try (Connection connection = connect(database, role, itsPassword)) {
            return connection.isValid(5);
        } catch (SQLException e) {
            if ("28P01".equals(e.getSQLState())) {
                return false;
            }
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements as superuser. */
    public void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> values(String sql, String parameter) {
        try (Connection connection = connect("postgres");
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (var rows = statement.executeQuery()) {
                var values = new ArrayList<String>();
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
                return values;
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops the process that accepts connections: new ones hang; sessions that are open go on. */
    public void pause() {
        own().process().pause();
    }

    /** Lets it go on. */
    public void resume() {
        own().process().resume();
    }

    /** Kills it; {@link #restart} brings it back with its data. */
    public void kill() {
        own().process().kill();
    }

    /** Starts it again on the same port, with the data that it had. */
    public void restart() {
        own().process().close();
        startProcess();
    }

    private Cluster own() {
        if (cluster == null) {
            throw new NotOursException(
                    "this PostgreSQL was named by -Dservers.postgres: its process and log are not ours");
        }
        return cluster;
    }

    @Override
    public List<String> reach() {
        return List.of(
                "export PGHOST=" + address.getHostString() + " PGPORT=" + address.getPort() + " PGUSER=" + user
                        + " PGPASSWORD=" + password,
                jdbcUrl("postgres"));
    }

    @Override
    public void close() {
        Cluster ours = cluster;
        if (ours != null) {
            ServerProcess process = ours.process();
            process.close();
            ours.remove();
        }
    }
}
