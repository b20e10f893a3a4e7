package io.github.secretsource.vault;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Subscription;
import io.github.secretsource.view.UsernamePassword;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * A small pool of connections that follows a pair: idle connections of an earlier pair are closed when the pair rotates,
 * those in use when they come back, and a login that the database refuses is tried once more with a newer pair. Safe for
 * concurrent use.
 */
final class RotatingPool implements AutoCloseable {
    private static final String WRONG_PASSWORD = "28P01";

    private final DatabaseUsers users;
    private final LiveSecret<UsernamePassword> live;
    private final Subscription rotations;
    private final BlockingQueue<Pooled> idle = new LinkedBlockingQueue<>();
    private final LongAdder refusals = new LongAdder();
    private final LongAdder logins = new LongAdder();

    /** A connection and whose it is. */
    private record Pooled(UsernamePassword pair, Connection connection) {}

    RotatingPool(DatabaseUsers users, LiveSecret<UsernamePassword> live) {
        this.users = users;
        this.live = live;
        this.rotations = live.subscribe(pair -> drain());
    }

    /** Runs a query and returns who it was run as. */
    String user() throws SQLException {
        Pooled pooled = take();
        try (var statement = pooled.connection().createStatement();
                var rows = statement.executeQuery("SELECT current_user")) {
            boolean found = rows.next();
            return found ? rows.getString(1) : "";
        } finally {
            giveBack(pooled);
        }
    }

    private Pooled take() throws SQLException {
        Pooled pooled = idle.poll();
        return pooled != null ? pooled : connect(live.get());
    }

    private Pooled connect(UsernamePassword pair) throws SQLException {
        try {
            return connected(pair);
        } catch (SQLException e) {
            if (!WRONG_PASSWORD.equals(e.getSQLState())) {
                throw e;
            }
            refusals.increment();
            return connected(live.rejected(pair).orElseThrow(() -> e));
        }
    }

    private Pooled connected(UsernamePassword pair) throws SQLException {
        var pooled = new Pooled(pair, users.connect(pair));
        logins.increment();
        return pooled;
    }

    private void giveBack(Pooled pooled) throws SQLException {
        idle.add(pooled);
        if (!pooled.pair().equals(live.get()) && idle.remove(pooled)) {
            pooled.connection().close();
        }
    }

    private void drain() {
        for (Pooled pooled : idle) {
            if (!pooled.pair().equals(live.get()) && idle.remove(pooled)) {
                close(pooled);
            }
        }
    }

    private static void close(Pooled pooled) {
        try {
            pooled.connection().close();
        } catch (SQLException e) {
            // It is of no use any more, closed or not.
            return;
        }
    }

    /** How many logins the database refused. */
    long refusals() {
        return refusals.sum();
    }

    long logins() {
        return logins.sum();
    }

    @Override
    public void close() {
        rotations.close();
        idle.forEach(RotatingPool::close);
    }
}
