package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Anything that can happen to leases, in any order. */
@Timeout(60)
class LeaseSoakTest {

    private static final Duration TTL = Duration.ofSeconds(60);

    @Test
    @DisplayName("F22 F24 any mix of reads, handles, hints, outages and jumps: what is served lives by its lease")
    void anyMixKeepsThePromises() {
        for (long seed = 1; seed <= 60; seed++) {
            var random = new Random(seed);
            var store = new LeaseStore(TTL, TTL.multipliedBy(1 + random.nextInt(6)));
            if (random.nextInt(4) == 0) {
                LeaseStore unused = store.notRenewable();
            }
            var stand = new LeaseStand(store, RefreshPolicy.unset());
            Deque<LiveSecret<SecretValue>> handles = new ArrayDeque<>();
            for (int step = 0; step < 200; step++) {
                act(random, stand, handles);
                stand.time.advance(Duration.ofMillis(random.nextInt(random.nextInt(5) == 0 ? 20_000 : 1_000)));
                assertServedByItsLease(stand, handles, seed, step);
            }
            assertKind(stand, seed);
            store.whenAny(LeaseStore.NONE);
            stand.time.advance(Duration.ofSeconds(400));
            for (LiveSecret<SecretValue> handle : handles) {
                assertThat(LeaseStand.refusal(handle)).as("seed %s: back", seed).isNull();
                assertThat(store.accepts(LeaseStand.user(handle)))
                        .as("seed %s: let in", seed)
                        .isTrue();
            }
            stand.close();
            assertThat(store.living()).as("seed %s: revoked at close", seed).isEmpty();
        }
    }

    private static void act(Random random, LeaseStand stand, Deque<LiveSecret<SecretValue>> handles) {
        LeaseStore store = stand.store;
        String ref = APP + random.nextInt(3);
        switch (random.nextInt(14)) {
            case 0, 1 -> handles.add(stand.secrets.liveLater(ref, Secret::value));
            case 2, 3 -> {
                if (!handles.isEmpty()) {
                    handles.remove().close();
                }
            }
            case 4 -> {
                SecretBatch unused = stand.secrets.getAll(List.of(ref));
            }
            case 6 -> store.hint();
            case 7 -> store.leasesInDoubt();
            case 8 -> stand.time.jumpWallClock(Duration.ofSeconds(random.nextInt(200) - 100));
            case 9 -> store.when(What.RENEW, LeaseStore.down());
            case 10 -> store.whenAny(LeaseStore.down());
            case 11 -> store.when(What.RENEW, random.nextBoolean() ? LeaseStore.missing() : LeaseStore.denied());
            default -> store.whenAny(LeaseStore.NONE);
        }
    }

    private static void assertServedByItsLease(
            LeaseStand stand, Deque<LiveSecret<SecretValue>> handles, long seed, int step) {
        for (LiveSecret<SecretValue> handle : handles) {
            if (LeaseStand.refusal(handle) == null) {
                assertThat(stand.store.accepts(LeaseStand.user(handle)))
                        .as("seed %s, step %s: %s", seed, step, handle.status())
                        .isTrue();
            }
        }
    }

    /** Never more than a few calls a second, whatever happens. */
    private static void assertKind(LeaseStand stand, long seed) {
        var calls = stand.store.calls().stream()
                .filter(call -> call.what() != What.REVOKE)
                .toList();
        for (int i = 30; i < calls.size(); i++) {
            double span = (calls.get(i).nanos() - calls.get(i - 30).nanos()) / 1e9;
            assertThat(span).as("seed %s: thirty calls", seed).isGreaterThan(3);
        }
    }
}
