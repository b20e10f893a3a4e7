package io.github.secretsource.examples;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secrets;
import io.github.secretsource.vault.VaultAuth;
import io.github.secretsource.vault.VaultSource;
import io.github.secretsource.view.UsernamePassword;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Queries a PostgreSQL all the time as a user that Vault makes for this program, renews, and replaces before it ends.
 * Prints a line when the user changes, and no secret. At the end the last user is given back.
 *
 * <pre>
 * VAULT_ADDR=https://vault.example:8200 VAULT_TOKEN=… \
 *     java … RotatingDatabaseUser database/creds/orders jdbc:postgresql://db.example/orders 600
 * </pre>
 *
 * <p>A fourth argument is a role of Vault's Kubernetes login, instead of {@code VAULT_TOKEN}.
 */
public final class RotatingDatabaseUser implements AutoCloseable {
    private final LiveSecret<UsernamePassword> live;
    private final String url;
    private UsernamePassword pair;
    private Connection connection;

    /**
     * Connects as the user of the moment.
     *
     * @param secrets where users come from
     * @param ref of the role, such as {@code vault:database/creds/orders}
     * @param url of the database, without credentials
     * @throws SQLException if the database cannot be reached
     */
    public RotatingDatabaseUser(Secrets secrets, String ref, String url) throws SQLException {
        this.live = secrets.live(ref, UsernamePassword::from);
        this.url = url;
        this.pair = live.get();
        this.connection = connect();
    }

    private Connection connect() throws SQLException {
        say("queries as " + pair.username());
        return DriverManager.getConnection(url, pair.username(), pair.password().reveal());
    }

    /**
     * Runs a query, as the newest user. Not safe for concurrent use: a pool would {@link LiveSecret#subscribe}.
     *
     * @throws SQLException if the database refuses
     */
    public void query() throws SQLException {
        UsernamePassword newest = live.get();
        if (!newest.equals(pair)) {
            connection.close();
            pair = newest;
            connection = connect();
        }
        try (var statement = connection.createStatement()) {
            boolean unused = statement.execute("SELECT current_user");
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        live.close();
    }

    /**
     * Queries ten times a second.
     *
     * @param args the path of the role, the URL of the database, for how many seconds, and perhaps a role to log in with
     * @throws Exception if something unforeseen happens
     */
    public static void main(String[] args) throws Exception {
        VaultSource.Builder vault = VaultSource.fromEnvironment();
        if (args.length > 3) {
            vault.auth(VaultAuth.kubernetes(args[3]));
        }
        long end =
                System.nanoTime() + Duration.ofSeconds(Long.parseLong(args[2])).toNanos();
        int queries = 0;
        var never = new CountDownLatch(1);
        try (Secrets secrets = Secrets.builder().source("vault", vault.build()).build();
                var database = new RotatingDatabaseUser(secrets, "vault:" + args[0], args[1])) {
            while (System.nanoTime() - end < 0 && !never.await(100, TimeUnit.MILLISECONDS)) {
                database.query();
                queries++;
            }
        }
        say(queries + " queries, none failed");
    }

    private static void say(String line) {
        System.out.println(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " " + line);
    }
}
