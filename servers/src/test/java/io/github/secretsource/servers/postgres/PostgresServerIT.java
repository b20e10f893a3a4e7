package io.github.secretsource.servers.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

@WithServers
class PostgresServerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Postgres postgres;
    private final String database;

    PostgresServerIT(Postgres postgres) {
        this.postgres = postgres;
        this.database = postgres.createDatabase();
    }

    @Test
    void itsRoleMakerMakesRolesThatMayReadAndNoMore() throws SQLException {
        Login maker = postgres.createRoleMaker(database);
        String made = "made_" + maker.user();
        try (var connection = postgres.connect(database, maker.user(), maker.password());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id int)");
            statement.execute("CREATE ROLE " + made + " LOGIN PASSWORD 'p'");
            statement.execute("GRANT SELECT ON orders TO " + made);
        }

        try (var connection = postgres.connect(database, made, "p");
                var statement = connection.createStatement()) {
            statement.execute("SELECT * FROM orders");
            assertThatThrownBy(() -> statement.execute("DELETE FROM orders"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void tellsWhoLoggedInAndWhoWasRefused() {
        Login maker = postgres.createRoleMaker(database);

        assertThat(postgres.accepts(database, maker.user(), maker.password())).isTrue();
        assertThat(postgres.accepts(database, maker.user(), "wrong")).isFalse();
        postgres.setPassword(maker.user(), "rotated");
        assertThat(postgres.accepts(database, maker.user(), maker.password())).isFalse();

        Deadline.await("the log tells", LIMIT, () -> postgres.refusals(maker.user()) == 2);
        assertThat(postgres.logins(maker.user())).isEqualTo(1);
    }

    @Test
    void endsTheSessionsOfARole() throws SQLException {
        Login maker = postgres.createRoleMaker(database);
        try (var connection = postgres.connect(database, maker.user(), maker.password());
                var statement = connection.createStatement()) {
            postgres.endSessions(maker.user());

            assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
        }
    }

    @Test
    void keepsItsDataAndItsPortOverAKill() {
        try (Postgres own = Postgres.start()) {
            String kept = own.createDatabase();
            Login maker = own.createRoleMaker(kept);

            own.kill();
            assertThatThrownBy(() -> own.connect(kept)).isInstanceOf(SQLException.class);
            own.restart();

            assertThat(own.accepts(kept, maker.user(), maker.password())).isTrue();
            assertThat(own.roles("maker_%")).containsExactly(maker.user());
        }
    }
}
