package io.github.secretsource;

import static io.github.secretsource.LeaseStand.APP;
import static io.github.secretsource.LeaseStand.gaps;
import static io.github.secretsource.LeaseStand.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LeaseStore.What;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each mint is an account at the store: there is one, whoever asks how often. */
@Timeout(60)
class LeaseMintTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final LeaseStand stand = new LeaseStand(Duration.ofHours(1), Duration.ofHours(24));
    private final LeaseStore store = stand.store;

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    @DisplayName("F22 polls, hints, gets, getWithin and many handles: one mint")
    void oneMintWhoeverAsks() {
        List<LiveSecret<SecretValue>> handles = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            handles.add(stand.hold());
        }

        for (int i = 0; i < 600; i++) {
            store.hint();
            assertThat(stand.secrets.get(APP).reveal()).isEqualTo("user-1");
            assertThat(stand.secrets.getWithin(APP, Duration.ZERO).reveal()).isEqualTo("user-1");
            assertThat(stand.secrets.getAll(List.of(APP)).problems()).isEmpty();
            stand.time.advance(Duration.ofSeconds(10));
        }

        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(store.count(What.RENEW)).isEqualTo(2);
        assertThat(handles).allSatisfy(handle -> assertThat(user(handle)).isEqualTo("user-1"));
    }

    @Test
    void hintsDuringAMintAndARenewalMintNothing() {
        store.when(What.MINT, (id, context) -> store.hint());
        store.when(What.RENEW, (id, context) -> store.hint());
        LiveSecret<SecretValue> unused = stand.hold();

        stand.time.advance(Duration.ofMinutes(50));

        assertThat(store.count(What.MINT)).isEqualTo(1);
        assertThat(store.count(What.RENEW)).isEqualTo(1);
    }

    @Test
    @DisplayName("F22 rejected just after a mint brings nothing, later a new account at once")
    void rejectedMintsOncePerTenSeconds() {
        LiveSecret<SecretValue> handle = stand.hold();

        Optional<SecretValue> early = handle.rejected(handle.get());
        stand.time.advance(Duration.ofSeconds(10));
        Optional<SecretValue> later = handle.rejected(handle.get());

        assertThat(early).isEmpty();
        assertThat(later.orElseThrow().reveal()).isEqualTo("user-2");
        assertThat(store.count(What.MINT)).isEqualTo(2);
        assertThat(store.accepts("user-1")).isTrue();
    }

    @Test
    void rejectedAgainAndAgainMintsNoMoreThanOncePerTenSeconds() {
        LiveSecret<SecretValue> handle = stand.hold();

        for (int i = 0; i < 600; i++) {
            Optional<SecretValue> unused = handle.rejected(handle.get());
            stand.time.advance(Duration.ofMillis(500));
        }

        assertThat(gaps(stand.seconds(What.MINT)))
                .isNotEmpty()
                .allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(10));
    }

    @Test
    @DisplayName("F22 a thousand threads reject the same account: one mint")
    void aThousandRejections() throws Exception {
        LiveSecret<SecretValue> handle = stand.hold();
        SecretValue refused = handle.get();
        stand.time.advance(Duration.ofMinutes(1));
        var answers = new ArrayList<CompletableFuture<Optional<SecretValue>>>();

        for (int i = 0; i < 1_000; i++) {
            var answer = new CompletableFuture<Optional<SecretValue>>();
            answers.add(answer);
            var thread = new Thread(null, () -> answer.complete(handle.rejected(refused)), "rejects-" + i, 64 << 10);
            thread.setDaemon(true);
            thread.start();
        }

        for (var answer : answers) {
            assertThat(answer.get(20, TimeUnit.SECONDS).orElseThrow().reveal()).isEqualTo("user-2");
        }
        assertThat(store.count(What.MINT)).isEqualTo(2);
    }

    @Test
    @DisplayName("F22 rejected while a renewal is on its way gets a new account, not the renewed one")
    void rejectedDuringARenewal() throws Exception {
        var release = new CompletableFuture<Void>();
        store.when(What.RENEW, (id, context) -> {
            try {
                boolean unused = stand.time.await(release, stand.time.after(Duration.ofDays(1)));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        LiveSecret<SecretValue> handle = stand.hold();
        stand.time.advance(Duration.ofMinutes(40));
        assertThat(store.count(What.RENEW)).isEqualTo(1);
        var answer = new CompletableFuture<Optional<SecretValue>>();
        var thread = new Thread(() -> answer.complete(handle.rejected(handle.get())));
        thread.start();
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        release.complete(null);

        assertThat(answer.get(20, TimeUnit.SECONDS).orElseThrow().reveal()).isEqualTo("user-2");
        assertThat(store.count(What.MINT)).isEqualTo(2);
        thread.join();
    }

    @Test
    void rejectedWhileTheStoreIsDownReturnsAtOnce() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.whenAny(LeaseStore.down());
        stand.time.advance(Duration.ofMinutes(41));
        int calls = store.calls().size();

        for (int i = 0; i < 100; i++) {
            assertThat(handle.rejected(handle.get())).isEmpty();
        }

        assertThat(store.calls()).hasSize(calls);
    }

    @Test
    void aMintThatWasRejectedForNothingDoesNotStopTheRenewals() {
        LiveSecret<SecretValue> handle = stand.hold();
        store.when(What.MINT, LeaseStore.denied());
        stand.time.advance(Duration.ofMinutes(5));
        assertThat(handle.rejected(handle.get())).isEmpty();

        stand.useFor(handle, Duration.ofHours(2), Duration.ofSeconds(10));

        assertThat(user(handle)).isEqualTo("user-1");
        assertThat(store.count(What.MINT)).isLessThanOrEqualTo(3);
        stand.time.advance(SECOND);
    }
}
