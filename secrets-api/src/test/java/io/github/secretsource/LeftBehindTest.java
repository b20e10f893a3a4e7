package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A value whose view does not follow the newest content. */
class LeftBehindTest {

    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration MAX_STALE = Duration.ofHours(1);

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "1");
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();
    private final Secrets secrets = Secrets.builder()
            .time(time)
            .policy(RefreshPolicy.unset().withRefreshAfter(INTERVAL).withMaxStale(MAX_STALE))
            .source("mem", source)
            .listener(events::add)
            .build();
    private CapturedLog log;

    @BeforeEach
    void listen() {
        log = CapturedLog.start();
    }

    @AfterEach
    void close() {
        secrets.close();
        log.close();
    }

    @Test
    @DisplayName("I1 a value left behind by a view that fails is refused after maxStale, not a refresh later")
    void refusesAValueLeftBehindAfterMaxStale() {
        LiveSecret<Integer> live = secrets.live("mem:app", LeftBehindTest::number);
        rotate("no number");

        time.advance(MAX_STALE.minusSeconds(2));
        assertThat(live.get()).isEqualTo(1);
        time.advance(Duration.ofSeconds(2));

        assertThatThrownBy(live::get).isInstanceOf(SecretFormatException.class);
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.WITHDRAWN);
        assertThat(kinds()).containsOnlyOnce("Withdrawn");
    }

    @Test
    void refusesAValueLeftBehindThoughEveryVersionFailsAnew() {
        LiveSecret<Integer> live = secrets.live("mem:app", LeftBehindTest::number);

        for (int minute = 0; minute <= 60; minute++) {
            rotate("no number " + minute);
            time.advance(Duration.ofSeconds(59));
        }

        assertThatThrownBy(live::get).isInstanceOf(SecretFormatException.class);
    }

    @Test
    @DisplayName("I1 a view that never returns does not keep an old value for ever")
    void refusesAValueLeftBehindByAViewThatHangs() {
        LiveSecret<Integer> live = secrets.live("mem:app", secret -> {
            if (number(secret) == 2) {
                await(MAX_STALE.multipliedBy(2));
            }
            return number(secret);
        });
        rotate("2");

        time.advance(MAX_STALE);

        assertThatThrownBy(live::get)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("view");
        time.advance(MAX_STALE);
        assertThat(live.get()).isEqualTo(2);
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
    }

    @Test
    void servesTheNextVersionAfterAValueLeftBehindWasRefused() {
        LiveSecret<Integer> live = secrets.live("mem:app", LeftBehindTest::number);
        rotate("no number");
        time.advance(MAX_STALE);

        rotate("3");

        assertThat(live.get()).isEqualTo(3);
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
    }

    @Test
    void aValueThatFollowedInTimeIsNotRefusedForTheOneBefore() {
        LiveSecret<Integer> live = secrets.live("mem:app", LeftBehindTest::number);
        rotate("no number");
        time.advance(MAX_STALE.minusSeconds(10));

        rotate("3");
        time.advance(MAX_STALE);

        assertThat(live.get()).isEqualTo(3);
        assertThat(kinds()).doesNotContain("Withdrawn");
    }

    @Test
    void servesAVersionWhoseViewRunsWhileTheValueLeftBehindIsRefused() {
        LiveSecret<Integer> live = secrets.live("mem:app", secret -> {
            if (number(secret) == 3) {
                await(Duration.ofSeconds(30));
            }
            return number(secret);
        });
        rotate("no number");
        time.advance(MAX_STALE.minusSeconds(10));

        rotate("3");
        time.advance(Duration.ofMinutes(1));

        assertThat(live.get()).isEqualTo(3);
    }

    @Test
    void aWithdrawalDuringAViewWins() {
        LiveSecret<Integer> live = secrets.live("mem:app", secret -> {
            if (number(secret) == 2) {
                await(Duration.ofSeconds(30));
            }
            return number(secret);
        });
        rotate("2");

        source.remove("app").hint("app");
        time.advance(Duration.ofSeconds(29));
        assertThatThrownBy(live::get).isInstanceOf(SecretNotFoundException.class);
        time.advance(Duration.ofSeconds(10));

        assertThatThrownBy(live::get).isInstanceOf(SecretNotFoundException.class);
    }

    private static int number(Secret secret) {
        return Integer.parseInt(secret.value().reveal());
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }

    private void await(Duration span) throws InterruptedException {
        boolean unused = time.await(new CompletableFuture<Void>(), time.after(span));
    }

    private List<String> kinds() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }
}
