package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.view.UsernamePassword;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A consumer that subscribes and keeps querying a real PostgreSQL while its user or password rotates. */
@WithServers
class QueryingConsumerServerIT {
    private static final int ROTATIONS = 10;
    private static final int THREADS = 4;

    /** A lease of 3 s, which is replaced a second before it ends, bears this much of a stall. */
    private static final Duration SLACK = Duration.ofMillis(200);

    private final OpenBao bao;
    private final Postgres postgres;

    QueryingConsumerServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.postgres = postgres;
    }

    @Test
    @DisplayName("F20, F22 a pool that subscribes has no failed query over ten rotations of its user")
    void noQueryFailsWhileTheUserRotates() throws Exception {
        try (DatabaseUsers users = new DatabaseUsers(bao, postgres)) {
            Rounds.calm(SLACK, users::ask, () -> queryWhileTheUserRotates(users));
        }
    }

    private void queryWhileTheUserRotates(DatabaseUsers users) throws Exception {
        String path = users.role(Duration.ofSeconds(3), Duration.ofSeconds(3));

        Rotations rotations = query(users, path, ROTATIONS, 0);

        assertThat(rotations.users()).doesNotHaveDuplicates();
        assertThat(rotations.told()).allMatch(Rotations.Told::inTime);
        Instant last = rotations.told().get(ROTATIONS).at();
        assertThat(users.mints(path).stream().filter(mint -> mint.time().isBefore(last)))
                .hasSizeBetween(ROTATIONS + 1, ROTATIONS + 2);
    }

    @Test
    @DisplayName("F20 a pool that subscribes has no failed query over ten rotations of a static role's password")
    void noQueryFailsWhileThePasswordOfAStaticRoleRotates() throws Exception {
        try (DatabaseUsers users = new DatabaseUsers(bao, postgres)) {
            String path = users.staticRole(Duration.ofSeconds(5));
            var started = Instant.now();

            Rotations rotations = query(users, path, ROTATIONS, ROTATIONS * THREADS);

            assertThat(Set.copyOf(rotations.users())).hasSize(1);
            long seconds = Duration.between(started, Instant.now()).toSeconds();
            assertThat(users.reads(path)).hasSizeBetween(ROTATIONS, (int) seconds + 2);
        }
    }

    /** Queries by several threads until the pair has rotated so often, and returns what the consumer was told. */
    private Rotations query(DatabaseUsers users, String path, int rotations, int refusals) throws Exception {
        Token token = users.token(path);
        Set<String> failures = ConcurrentHashMap.newKeySet();
        var queries = new LongAdder();
        var ended = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
            try (RotatingPool pool = new RotatingPool(users, live)) {
                Rotations told = Rotations.of(live, users::accepts);
                for (int at = 0; at < THREADS; at++) {
                    threads.execute(() -> {
                        while (!ended.get()) {
                            query(pool, failures);
                            queries.increment();
                            LockSupport.parkNanos(5_000_000);
                        }
                    });
                }
                Deadline.await(
                        "it has rotated " + rotations + " times",
                        Duration.ofSeconds(12L * rotations),
                        () -> told.told().size() > rotations);
                ended.set(true);
                threads.shutdown();
                assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
                assertThat(failures).as("failed queries of %s", queries).isEmpty();
                assertThat(queries.sum()).isGreaterThan(100L * rotations);
                assertThat(pool.refusals()).isLessThanOrEqualTo(refusals);
                return told;
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void query(RotatingPool pool, Set<String> failures) {
        try {
            boolean unused = List.of(pool.user()).isEmpty();
        } catch (SQLException | RuntimeException e) {
            failures.add(Instant.now() + " " + e);
        }
    }
}
