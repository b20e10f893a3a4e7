package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.gaps;
import static io.github.secretsource.LeaseStand.refusal;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.LeaseStore.Call;
import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a lease whose store fails, refuses, pauses or forgot it. */
@Timeout(60)
class LeaseOutageTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final LeaseStand stand = new LeaseStand(HOUR, Duration.ofHours(24));
    private final LeaseStore store = stand.store;

    @AfterEach
    void close() {
        stand.close();
    }

    // ---- no answer -----------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F22 renewals get no answer: retried with back-off, replaced in the last sixth, no read fails")
    void renewalsAreRetriedThenReplaced() {
        LiveSecret<SecretValue> handle = stand.hold();
        LiveSecret<SecretValue> other = stand.secrets.live("s:other");
        store.when(What.RENEW, LeaseStore.down());

        stand.useFor(handle, Duration.ofSeconds(3_590), Duration.ofSeconds(5));

        assertThat(store.calls(What.MINT)).hasSize(4);
        assertThat(stand.seconds(What.MINT).subList(2, 4))
                .allSatisfy(second -> assertThat(second).isBetween(3_000.0, 3_070.0));
        assertThat(user(other)).isNotEqualTo("user-2");
        assertThat(store.count(What.RENEW)).isBetween(10, 300);
    }

    @Test
    @DisplayName("F22 the gaps between failing renewals of one secret grow to half a minute and more")
    void renewalsAreSpaced() {
        LiveSecret<SecretValue> handle = stand.hold();
        List<LiveSecret<SecretValue>> others = stand.hold(3);
        store.when(What.RENEW, (id, context) -> {
            if (id.path().equals("app")) {
                LeaseStore.down().strikes(id, context);
            }
        });

        stand.time.advance(Duration.ofSeconds(2_999));

        var gaps = gaps(
                stand.seconds(What.RENEW).stream().filter(at -> at > 2_400.5).toList());
        assertThat(store.calls(What.RENEW).stream().filter(call -> call.of().equals("user-1")))
                .hasSizeBetween(10, 25);
        double step = 2;
        for (double gap : gaps) {
            assertThat(gap).isBetween(step / 2, step);
            step = Math.min(60, step * 2);
        }
        assertThat(user(handle)).isEqualTo("user-1");
        assertThat(others).hasSize(3);
    }

    @Test
    @DisplayName("F22 a total outage: refused at the end of the lease and not before, and the message says why")
    void isRefusedAtTheEnd() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(30));
        store.whenAny(LeaseStore.down());

        stand.time.advance(Duration.ofMinutes(30).minusMillis(1));
        String last = user(handle);
        stand.time.advance(Duration.ofMillis(1));

        assertThat(last).isEqualTo("user-1");
        assertThat(refusal(handle))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContainingAll(APP, "lease", "is down");
        assertThat(stand.events(SecretEvent.Withdrawn.class))
                .singleElement()
                .satisfies(event -> assertThat(event.at()).isEqualTo(stand.time.now()));
        assertThat(handle.status().state()).isEqualTo(SecretStatus.State.WITHDRAWN);
        assertThat(handle.status().leaseLeft()).contains(Duration.ZERO);
    }

    @Test
    @DisplayName("F22 after a total outage a new account within one probe")
    void recoversWithinOneProbe() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.whenAny(LeaseStore.down());
        stand.time.advance(Duration.ofHours(2));
        assertThat(refusal(handle)).isNotNull();
        int mints = store.count(What.MINT);

        store.whenAny(LeaseStore.NONE);
        stand.time.advance(Duration.ofSeconds(60));

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.count(What.MINT)).isEqualTo(mints + 1);
    }

    @Test
    @DisplayName("F22 many leases, a total outage: at most one probe in two seconds and a half, all back soon")
    void manyLeasesAreKindToAStoreThatIsDown() {
        List<LiveSecret<SecretValue>> handles = stand.hold(50);
        store.whenAny(LeaseStore.down());
        stand.time.advance(Duration.ofMinutes(40).plusSeconds(20));
        int before = store.calls().size();

        stand.time.advance(Duration.ofMinutes(50));
        int during = store.calls().size() - before;
        store.whenAny(LeaseStore.NONE);
        stand.time.advance(Duration.ofSeconds(70));

        assertThat(during).isLessThanOrEqualTo(50 * 60 * 2 / 5);
        assertThat(handles).allSatisfy(handle -> assertThat(refusal(handle)).isNull());
        assertThat(store.living()).hasSize(50);
    }

    @Test
    void renewalsThatHangAreReplacedToo() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.when(What.RENEW, store.hanging());

        stand.useFor(handle, Duration.ofSeconds(3_590), Duration.ofSeconds(5));

        assertThat(store.count(What.MINT)).isEqualTo(2);
    }

    // ---- refusals ------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F22 a store that forgot the lease: a new account within two seconds")
    void aForgottenLeaseIsReplaced() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.when(What.RENEW, LeaseStore.missing());

        stand.time.advance(Duration.ofSeconds(2_402));

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.calls().stream().map(Call::what)).containsExactly(What.MINT, What.RENEW, What.MINT);
        assertThat(store.logins()).isZero();
        assertThat(stand.events(SecretEvent.RefreshFailed.class)).isEmpty();
    }

    @Test
    @DisplayName("F19 F22 a renewal denied: one fresh login and a new account within two seconds")
    void aDeniedRenewalLogsInOnce() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.loseLogin();

        stand.time.advance(Duration.ofSeconds(2_402));

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.logins()).isEqualTo(1);
        assertThat(store.calls().stream().map(Call::freshLogin)).containsExactly(false, false, true);
        stand.time.advance(Duration.ofHours(10));
        assertThat(store.logins()).isEqualTo(1);
        assertThat(store.count(What.MINT)).isEqualTo(2);
    }

    @Test
    @DisplayName("F22 a mint denied while the lease lives: served to its end, then refused with the reason")
    void aDeniedMintDoesNotTakeTheLeaseAway() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.whenAny(LeaseStore.denied());

        stand.time.advance(HOUR.minusSeconds(1));
        String last = user(handle);
        stand.time.advance(SECOND);

        assertThat(last).isEqualTo("user-1");
        assertThat(refusal(handle)).hasMessageContaining("denied");
        var mints = stand.seconds(What.MINT).stream().filter(at -> at < 3_600).toList();
        assertThat(mints).hasSizeLessThan(20 * 60 / 30 + 5);
        assertThat(gaps(mints)).allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(20));
    }

    @Test
    void aMissingRoleIsServedToTheEndOfTheLease() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.whenAny(LeaseStore.missing());

        stand.time.advance(HOUR.minusSeconds(1));
        String last = user(handle);
        stand.time.advance(SECOND);

        assertThat(last).isEqualTo("user-1");
        assertThat(refusal(handle)).hasMessageContaining("missing");
        assertThat(store.calls().size()).isLessThan(20 * 60 / 10 + 5);
    }

    @Test
    void afterADenialThatEndsTheSecretComesBack() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.whenAny(LeaseStore.denied());
        stand.time.advance(Duration.ofHours(2));

        store.whenAny(LeaseStore.NONE);
        stand.time.advance(Duration.ofMinutes(5));

        assertThat(store.accepts(user(handle))).isTrue();
    }

    // ---- leases in doubt -----------------------------------------------------------------------------------------

    @Test
    @DisplayName("F19 F22 leases in doubt: one whose login is over is replaced within two seconds, with one login")
    void aDeadLeaseIsReplacedAtOnce() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(5));
        store.loseLogin();

        store.leasesInDoubt();
        stand.time.advance(Duration.ofSeconds(2));

        assertThat(store.accepts(user(handle))).isTrue();
        assertThat(store.logins()).isEqualTo(1);
    }

    @Test
    @DisplayName("F19 F22 leases in doubt: those that the store forgot are replaced within two seconds")
    void deadLeasesAreReplacedAtOnce() {
        List<LiveSecret<SecretValue>> handles = stand.hold(5);
        stand.time.advance(Duration.ofMinutes(5));
        store.loseLogin();
        store.logInAgain();

        store.leasesInDoubt();
        stand.time.advance(Duration.ofSeconds(2));

        assertThat(handles)
                .allSatisfy(handle -> assertThat(store.accepts(user(handle))).isTrue());
        assertThat(store.count(What.MINT)).isEqualTo(10);
    }

    @Test
    @DisplayName("F22 leases in doubt that live are renewed, not replaced")
    void livingLeasesInDoubtAreRenewed() {
        List<LiveSecret<SecretValue>> handles = stand.hold(20);
        stand.time.advance(Duration.ofMinutes(5));

        store.leasesInDoubt();
        stand.time.advance(Duration.ofSeconds(10));

        assertThat(store.count(What.RENEW)).isEqualTo(20);
        assertThat(store.count(What.MINT)).isEqualTo(20);
        assertThat(handles)
                .allSatisfy(handle ->
                        assertThat(handle.status().leaseLeft().orElseThrow()).isGreaterThan(Duration.ofMinutes(59)));
    }

    // ---- a pause -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("F20 F22 in a throttle pause renewals go out, one a second, and nothing else")
    void renewalsGoOutInAPause() {
        List<LiveSecret<SecretValue>> handles = stand.hold(20);
        stand.time.advance(Duration.ofSeconds(2_395));
        store.when(What.MINT, LeaseStore.throttled(Duration.ofSeconds(60)));
        SecretException refused = catchThrowableOfType(SecretException.class, () -> stand.secrets.get("s:cold"));
        store.when(What.MINT, LeaseStore.NONE);
        int before = store.count(What.MINT);

        stand.time.advance(Duration.ofSeconds(50));

        assertThat(refused).isInstanceOf(SecretUnavailableException.class);
        assertThat(store.count(What.MINT)).isEqualTo(before);
        assertThat(store.count(What.RENEW)).isEqualTo(20);
        assertThat(gaps(stand.seconds(What.RENEW)))
                .allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(1));
        Map<String, Long> perAccount =
                store.calls(What.RENEW).stream().collect(Collectors.groupingBy(Call::of, Collectors.counting()));
        assertThat(perAccount).hasSize(20);
        assertThat(handles).hasSize(20);
    }
}
