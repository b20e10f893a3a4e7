package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Watches and the fetches that their hints cause. */
class HintTest {

    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration MOMENT = Duration.ofNanos(1);

    private final FakeTime time = FakeTime.create();
    private final HintingSource local = HintingSource.local().put("app", "one");
    private final HintingSource remote = HintingSource.remote().put("app", "one");
    private final Secrets secrets = Secrets.builder()
            .time(time)
            .policy(RefreshPolicy.unset().withRefreshAfter(INTERVAL).withMaxStale(Duration.ofHours(1)))
            .source("local", local)
            .source("remote", remote)
            .build();

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void aChangeBetweenWatchAndFetchIsFetchedAgain() {
        local.onWatch(() -> local.put("app", "two"));
        local.fetches((id, context) -> {
            var answer = local.stored(id);
            if (local.fetches() == 1) {
                local.rotate("app", "three");
            }
            return answer;
        });
        LiveSecret<SecretValue> live = secrets.live("local:app");

        time.advance(Duration.ofMillis(50));

        assertThat(live.get().reveal()).isEqualTo("three");
    }

    @Test
    void oneHintIsOneFetchAtOnce() {
        LiveSecret<SecretValue> live = secrets.live("remote:app");
        time.advance(Duration.ofMinutes(1));

        remote.rotate("app", "two");
        time.settle();

        assertThat(live.get().reveal()).isEqualTo("two");
        assertThat(remote.fetches()).isEqualTo(2);
    }

    @Test
    void aBurstDuringAFetchIsOneMoreFetch() {
        LiveSecret<SecretValue> live = secrets.live("local:app");
        time.advance(Duration.ofMinutes(1));
        local.fetches((id, context) -> {
            var answer = local.stored(id);
            pause(Duration.ofMillis(200));
            return answer;
        });
        local.hint("app");
        time.settle();

        for (int i = 2; i <= 100; i++) {
            local.rotate("app", "" + i);
        }
        time.advance(Duration.ofSeconds(10));

        assertThat(live.get().reveal()).isEqualTo("100");
        assertThat(local.fetches()).isEqualTo(3);
    }

    @Test
    void hintsInARowAreSpacedByTheGapOfALocalSource() {
        assertGap(local, secrets.live("local:app"), Duration.ofMillis(50));
    }

    @Test
    void hintsInARowAreSpacedByOneSecondForARemoteSource() {
        assertGap(remote, secrets.live("remote:app"), Duration.ofSeconds(1));
    }

    private void assertGap(HintingSource source, LiveSecret<SecretValue> live, Duration gap) {
        time.advance(Duration.ofMinutes(1));
        source.rotate("app", "leading");
        time.settle();
        assertThat(live.get().reveal()).isEqualTo("leading");

        source.rotate("app", "second");
        source.hint("app");
        time.advance(gap.minus(MOMENT));
        assertThat(live.get().reveal()).isEqualTo("leading");
        time.advance(MOMENT);

        assertThat(live.get().reveal()).isEqualTo("second");
        assertThat(source.fetches()).isEqualTo(3);
    }

    @Test
    void aHintAfterCloseDoesNothing() {
        var kept = new CopyOnWriteArrayList<Runnable>();
        SecretValue unused = secrets.get("local:app");
        local.onUnwatch(() -> kept.add(() -> local.hint("app")));
        long calls = local.fetches();

        secrets.close();
        kept.forEach(Runnable::run);
        local.hint("app");

        assertThat(local.fetches()).isEqualTo(calls);
    }

    @Test
    @DisplayName("I6 hints of a remote source that fails do not shorten its back-off")
    void hintsDoNotBypassTheBackOffOfARemoteSource() {
        LiveSecret<SecretValue> live = secrets.live("remote:app");
        remote.down();
        remote.hint("app");
        time.advance(Duration.ofMinutes(10));
        long calls = remote.fetches();

        for (int i = 0; i < 300; i++) {
            remote.hint("app");
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(remote.fetches() - calls).isLessThanOrEqualTo(10);
        assertThat(live.get().reveal()).isEqualTo("one");
    }

    @Test
    @DisplayName("I6 hints during calls that fail do not shorten the back-off of a remote source")
    void hintsDuringAFailingCallDoNotBypassTheBackOff() {
        LiveSecret<SecretValue> live = secrets.live("remote:app");
        remote.fetches((id, context) -> {
            remote.hint("app");
            throw new SecretUnavailableException(id, "is out of reach", "start the store");
        });
        remote.hint("app");
        time.advance(Duration.ofMinutes(10));
        long calls = remote.fetches();

        time.advance(Duration.ofMinutes(10));

        assertThat(remote.fetches() - calls).isBetween(10L, 21L);
        assertThat(live.get().reveal()).isEqualTo("one");
    }

    @Test
    void aHintOfALocalSourceThatFailsIsFollowed() {
        LiveSecret<SecretValue> live = secrets.live("local:app");
        local.down();
        local.hint("app");
        time.advance(Duration.ofMinutes(10));

        local.up().rotate("app", "two");
        time.settle();

        assertThat(live.get().reveal()).isEqualTo("two");
    }

    @Test
    void aHintMakesAReadAskAgainForWhatDidNotExist() {
        local.remove("app");
        assertThatThrownBy(() -> secrets.get("local:app")).isInstanceOf(SecretNotFoundException.class);
        assertThatThrownBy(() -> secrets.get("local:app")).isInstanceOf(SecretNotFoundException.class);
        assertThat(local.fetches()).isEqualTo(1);

        local.rotate("app", "created");
        time.settle();
        assertThat(local.fetches()).isEqualTo(1);

        assertThat(secrets.get("local:app").reveal()).isEqualTo("created");
    }

    @Test
    void aRecreatedSecretThatIsHeldComesBackAtTheHint() {
        LiveSecret<SecretValue> live = secrets.live("local:app");
        local.remove("app").hint("app");
        time.advance(Duration.ofSeconds(10));
        assertThatThrownBy(live::get).isInstanceOf(SecretNotFoundException.class);

        local.rotate("app", "recreated");
        time.settle();

        assertThat(live.get().reveal()).isEqualTo("recreated");
    }

    private void pause(Duration span) {
        try {
            boolean unused = time.await(new CompletableFuture<Void>(), time.after(span));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
