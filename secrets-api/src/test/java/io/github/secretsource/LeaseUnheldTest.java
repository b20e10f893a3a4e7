package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Leases that are read by {@code get} and that no handle holds. */
class LeaseUnheldTest {

    private static final Duration TTL = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final LeaseStand stand = new LeaseStand(TTL, LIMIT);

    @AfterEach
    void close() {
        stand.close();
    }

    /** Reads each second and uses what was read; returns how many accounts that took. */
    private long readFor(Duration span) {
        for (long second = 0; second < span.toSeconds(); second++) {
            String user = stand.secrets.get(APP).reveal();
            assertThat(stand.store.accepts(user))
                    .as("%s after %s s", user, second)
                    .isTrue();
            stand.time.advance(Duration.ofSeconds(1));
        }
        return stand.store.times(What.MINT).size();
    }

    @Test
    @DisplayName("F22 a lease that goes on being read is renewed, up to the limit of its store")
    void isRenewedWhileItIsRead() {
        assertThat(readFor(LIMIT.minusSeconds(1))).isOne();

        assertThat(stand.store.times(What.RENEW)).hasSizeBetween(10, 20);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F22 a lease that was read once is neither renewed nor given back: it is kept to its end")
    void isKeptWhereItWasReadOnce() {
        String user = stand.secrets.get(APP).reveal();

        stand.time.advance(TTL.minusSeconds(1));

        assertThat(stand.store.accepts(user)).isTrue();
        assertThat(stand.store.times(What.RENEW)).isEmpty();
        assertThat(stand.store.times(What.REVOKE)).isEmpty();
        stand.time.advance(LIMIT);
        assertThat(stand.store.times(What.MINT)).hasSize(1);
        assertThat(stand.store.times(What.REVOKE)).isEmpty();
    }

    @Test
    @DisplayName("F22 a read late in the life of a lease has it renewed")
    void isRenewedAfterALateRead() {
        String user = stand.secrets.get(APP).reveal();
        stand.time.advance(Duration.ofSeconds(42));
        String again = stand.secrets.get(APP).reveal();

        stand.time.advance(TTL);

        assertThat(again).isEqualTo(user);
        assertThat(stand.store.accepts(user)).isTrue();
        assertThat(stand.store.times(What.RENEW)).hasSize(1);
    }

    @Test
    @DisplayName("F24 renewals that fail are tried a few times while it is read, and not in a storm")
    void renewalsThatFail() {
        stand.store.when(What.RENEW, LeaseStore.down());

        assertThat(readFor(Duration.ofMinutes(2))).isEqualTo(2);

        assertThat(stand.store.times(What.RENEW).size()).isBetween(2, 14);
    }

    @Test
    @DisplayName("F22 a lease that is not renewed is not asked about again, and kept to its end")
    void renewalsThatAreDenied() {
        stand.store.when(What.RENEW, LeaseStore.denied());

        assertThat(readFor(TTL)).isOne();

        assertThat(stand.store.times(What.RENEW)).hasSize(1);
    }

    @Test
    @DisplayName("F22 once its last handle is closed, a lease that is read on is renewed, too")
    void isRenewedAfterItsHandle() {
        stand.hold().close();

        assertThat(readFor(LIMIT.minusSeconds(1))).isOne();
    }
}
