package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Request;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.postgres.Postgres;
import io.github.secretsource.view.UsernamePassword;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The life of leases on a real OpenBao whose users are made in a real PostgreSQL, when nothing goes wrong. */
@WithServers
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseLifeServerIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** A lease of 2 s, which is replaced two thirds of a second before it ends, bears this much of a stall. */
    private static final Duration SLACK = Duration.ofMillis(150);

    private final DatabaseUsers users;

    LeaseLifeServerIT(OpenBao bao, Postgres postgres) {
        this.users = new DatabaseUsers(bao, postgres);
    }

    @AfterAll
    void end() {
        users.close();
    }

    private static LiveSecret<UsernamePassword> follow(Secrets secrets, String path) {
        return secrets.live(DatabaseUsers.ref(path), UsernamePassword::from);
    }

    @Test
    @DisplayName("F22, F24 a lease is renewed at two thirds, and replaced while the old one lives, at its max TTL too")
    void aLeaseIsRenewedAtTwoThirdsAndReplacedWhileTheOldOneLives() throws Exception {
        Rounds.calm(SLACK, users::ask, this::liveWithLeasesOfFourSeconds);
    }

    private void liveWithLeasesOfFourSeconds() {
        String path = users.role(Duration.ofSeconds(4), Duration.ofSeconds(10));
        Token token = users.token(path);
        Instant asked = Instant.now();
        long begun = System.nanoTime();
        Rotations rotations;

        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            rotations = Rotations.of(live, users::accepts);
            Rotations.during(
                    Duration.ofSeconds(21),
                    () -> assertThat(users.accepts(live.get()))
                            .as("logs in with what is served")
                            .isTrue());
        }

        List<Request> mints = users.mints(path);
        int most = 1 + (int) Served.since(begun).dividedBy(Duration.ofSeconds(8));
        assertThat(mints).hasSizeBetween(3, most);
        // The last one may have come when nobody was told any more.
        assertThat(rotations.users())
                .hasSizeBetween(mints.size() - 1, mints.size())
                .doesNotHaveDuplicates();
        assertThat(rotations.told()).allMatch(Rotations.Told::inTime);
        for (Request mint : mints.subList(0, 2)) {
            List<Request> renewals = users.renewals(token).stream()
                    .filter(renewal -> renewal.leaseId().equals(mint.leaseId()))
                    .toList();
            Instant renewed = renewals.get(0).time();
            // A lease runs from when it was asked for: after the answer before it, and before its own.
            assertThat(Duration.between(asked, renewed)).isGreaterThan(Duration.ofMillis(2_500));
            assertThat(Duration.between(mint.time(), renewed)).isLessThan(Duration.ofMillis(3_200));
            assertThat(renewals).hasSizeBetween(3, 5);
            asked = renewals.get(renewals.size() - 1).time();
        }
        Deadline.await("all users are gone", LIMIT, () -> users.users(path).isEmpty());
    }

    @Test
    @DisplayName(
            "F23 leases of 2 to 5 s that cannot be renewed are replaced before they end, about once per two thirds")
    void shortLeasesAreReplacedInTime() throws Exception {
        Rounds.calm(SLACK, users::ask, this::liveWithShortLeases);
    }

    private void liveWithShortLeases() {
        List<String> paths = IntStream.rangeClosed(2, 5)
                .mapToObj(ttl -> users.role(Duration.ofSeconds(ttl), Duration.ofSeconds(ttl)))
                .toList();
        Token token = users.token(paths, "renew", "revoke");
        var followed = new ArrayList<Rotations>();
        long begun = System.nanoTime();

        try (Secrets secrets = users.secrets(token)) {
            List<LiveSecret<UsernamePassword>> handles =
                    paths.stream().map(path -> follow(secrets, path)).toList();
            handles.forEach(handle -> followed.add(Rotations.of(handle, users::accepts)));
            Rotations.during(
                    Duration.ofSeconds(12),
                    () -> handles.forEach(
                            handle -> assertThat(users.accepts(handle.get())).isTrue()));
        }

        int seconds = (int) Served.since(begun).toSeconds();
        for (int at = 0; at < paths.size(); at++) {
            int ttl = at + 2;
            assertThat(users.mints(paths.get(at)))
                    .as("mints of leases of %d s in %d s", ttl, seconds)
                    .hasSizeBetween(12 / ttl, seconds * 3 / (2 * ttl) + 2);
            assertThat(followed.get(at).told()).allMatch(Rotations.Told::inTime);
        }
        assertThat(users.renewals(token)).as("a renewal brings next to nothing").hasSizeLessThan(5 * seconds);
    }

    @Test
    @DisplayName("F23 a lease of 1 s has gaps, is never served past its end, and makes one user a second at most")
    void aLeaseOfOneSecondHasGapsAndNoUserTooMany() {
        String path = users.role(Duration.ofSeconds(1), Duration.ofSeconds(1));
        Token token = users.token(path);

        try (Secrets secrets = users.secrets(token)) {
            Rotations rotations = Rotations.of(follow(secrets, path), users::accepts);
            Deadline.await("it rotates", LIMIT, () -> rotations.told().size() >= 5);
            var first = users.mints(path).get(0).time();
            long seconds = Duration.between(first, Instant.now()).toSeconds();
            assertThat(users.mints(path)).hasSizeBetween(5, (int) seconds + 2);
        }
    }

    @Test
    @DisplayName("F49 close revokes every lease that lives, within its bound, and nothing is left in PostgreSQL")
    void closeRevokesEveryLease() throws Exception {
        var bound = Duration.ofSeconds(3);
        assertThat(Rounds.shortest(bound, this::closeWithTwelveLeases)).isLessThan(bound);
    }

    private Duration closeWithTwelveLeases() {
        List<String> paths =
                IntStream.range(0, 12).mapToObj(at -> users.role(HOUR, HOUR)).toList();
        Token token = users.token(paths, "revoke");
        Secrets secrets = users.secrets(token);
        paths.forEach(path -> assertThat(
                        secrets.get(DatabaseUsers.ref(path) + "#password").reveal())
                .isNotEmpty());

        long before = System.nanoTime();
        secrets.close();
        Duration took = Served.since(before);

        assertThat(users.revocations(token)).hasSize(12).allMatch(Request::isDone);
        Deadline.await(
                "all users are gone",
                LIMIT,
                () -> paths.stream().allMatch(path -> users.users(path).isEmpty()));
        return took;
    }

    @Test
    @DisplayName("F22 a lease of a closed handle is revoked half a minute later, and one that is held again is not")
    void theLeaseOfAClosedHandleIsRevoked() {
        String path = users.role(HOUR, HOUR);
        Token token = users.token(path);

        try (Secrets secrets = users.secrets(token)) {
            LiveSecret<UsernamePassword> live = follow(secrets, path);
            String user = live.get().username();
            live.close();
            LiveSecret<UsernamePassword> again = follow(secrets, path);
            assertThat(again.get().username()).isEqualTo(user);
            again.close();

            Deadline.await(
                    "it is revoked",
                    Duration.ofSeconds(40),
                    () -> users.users(path).isEmpty());
            assertThat(users.mints(path)).hasSize(1);
            assertThat(users.revocations(token)).hasSize(1);
        }
    }
}
