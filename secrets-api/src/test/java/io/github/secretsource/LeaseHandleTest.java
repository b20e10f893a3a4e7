package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A lease lasts as long as somebody counts on it. */
@Timeout(60)
class LeaseHandleTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LeaseStand stand = new LeaseStand(Duration.ofHours(1), Duration.ofHours(24));
    private final LeaseStore store = stand.store;

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    @DisplayName("F22 a lease that nobody holds any more is revoked half a minute later, once, and never renewed")
    void isRevokedOnce() {
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(1));
        handle.close();

        stand.time.advance(Duration.ofMillis(29_999));
        int early = store.count(What.REVOKE);
        stand.time.advance(Duration.ofMillis(2));
        int revoked = store.count(What.REVOKE);
        stand.time.advance(Duration.ofHours(3));

        assertThat(early).isZero();
        assertThat(revoked).isEqualTo(1);
        assertThat(store.count(What.REVOKE)).isEqualTo(1);
        assertThat(store.count(What.RENEW)).isZero();
        assertThat(store.accepts("user-1")).isFalse();
        assertThat(stand.secrets.statuses()).isEmpty();
    }

    @Test
    void onlyTheLastHandleCounts() {
        LiveSecret<SecretValue> one = stand.hold();
        LiveSecret<SecretValue> two = stand.hold();
        one.close();
        stand.time.advance(Duration.ofHours(5));
        assertThat(store.count(What.REVOKE)).isZero();
        assertThat(store.accepts(user(two))).isTrue();

        two.close();
        stand.time.advance(Duration.ofSeconds(31));

        assertThat(store.count(What.REVOKE)).isEqualTo(1);
        assertThat(store.count(What.MINT)).isEqualTo(1);
    }

    @Test
    @DisplayName("F22 taken again within half a minute: not revoked, renewed as before")
    void isTakenAgain() {
        stand.hold().close();
        stand.time.advance(Duration.ofSeconds(29));
        LiveSecret<SecretValue> handle = stand.hold();

        stand.useFor(handle, Duration.ofHours(5), Duration.ofSeconds(10));

        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(store.count(What.REVOKE)).isZero();
        assertThat(store.count(What.RENEW)).isEqualTo(7);
    }

    @Test
    void takenAndClosedAgainAndAgainItIsRevokedHalfAMinuteAfterTheLast() {
        for (int i = 0; i < 10; i++) {
            stand.hold().close();
            stand.time.advance(Duration.ofSeconds(20));
        }
        assertThat(store.count(What.REVOKE)).isZero();

        stand.time.advance(Duration.ofSeconds(11));

        assertThat(store.count(What.REVOKE)).isEqualTo(1);
        assertThat(store.count(What.MINT)).isEqualTo(1);
    }

    @Test
    void whatWasRevokedIsMintedAnewForWhoComesLater() {
        stand.hold().close();
        stand.time.advance(Duration.ofSeconds(31));

        LiveSecret<SecretValue> handle = stand.hold();

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.accepts("user-2")).isTrue();
    }

    @Test
    @DisplayName(
            "F22 a lease from a plain get is kept to its end, neither renewed nor revoked, and not served after it")
    void aPlainGetKeepsItToItsEnd() {
        String first = stand.secrets.get(APP).reveal();
        stand.time.advance(Duration.ofHours(1).minusMillis(1));
        String last = stand.secrets.get(APP).reveal();
        assertThat(store.calls()).hasSize(1);

        stand.time.advance(Duration.ofMillis(1));
        String next = stand.secrets.get(APP).reveal();

        assertThat(List.of(first, last, next)).containsExactly("user-1", "user-1", "user-2");
        assertThat(store.count(What.RENEW)).isZero();
        assertThat(store.count(What.REVOKE)).isZero();
    }

    @Test
    void whatGetAllBroughtIsKeptToItsEndToo() {
        assertThat(stand.secrets.getAll(List.of("s:one", "s:two")).problems()).isEmpty();

        stand.time.advance(Duration.ofMinutes(59));

        assertThat(stand.secrets.getAll(List.of("s:one", "s:two")).problems()).isEmpty();
        assertThat(store.calls()).hasSize(2);
    }

    @Test
    @DisplayName("F22 got, held and let go: not revoked, for whoever got it may use it still")
    void whatWasGotIsNotRevoked() {
        assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(SECOND);
        handle.close();

        stand.time.advance(Duration.ofMinutes(59));

        assertThat(store.count(What.REVOKE)).isZero();
        assertThat(store.accepts("user-1")).isTrue();
        assertThat(store.count(What.RENEW)).isZero();
    }

    @Test
    void whatIsGotWhileItWaitsToBeRevokedIsKept() {
        stand.hold().close();
        stand.time.advance(Duration.ofSeconds(29));
        assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");

        stand.time.advance(Duration.ofMinutes(50));

        assertThat(store.count(What.REVOKE)).isZero();
        assertThat(store.count(What.RENEW)).isZero();
        assertThat(store.accepts("user-1")).isTrue();
    }

    @Test
    void aHandleOnWhatWasGotHasItRenewed() {
        assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
        stand.time.advance(Duration.ofMinutes(45));
        LiveSecret<SecretValue> handle = stand.hold();

        stand.useFor(handle, Duration.ofHours(3), Duration.ofSeconds(10));

        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(store.count(What.RENEW)).isGreaterThanOrEqualTo(4);
    }

    @Test
    void whatIsRevokedForWantOfHandlesIsNotRevokedAgainAtClose() {
        stand.hold().close();
        stand.time.advance(Duration.ofSeconds(31));

        stand.close();

        assertThat(store.count(What.REVOKE)).isEqualTo(1);
    }

    @Test
    void aRevocationThatFailsIsHarmless() {
        store.when(What.REVOKE, LeaseStore.down());
        stand.hold().close();

        stand.time.advance(Duration.ofSeconds(31));
        LiveSecret<SecretValue> handle = stand.hold();

        assertThat(user(handle)).isEqualTo("user-2");
        assertThat(store.count(What.REVOKE)).isEqualTo(1);
    }
}
