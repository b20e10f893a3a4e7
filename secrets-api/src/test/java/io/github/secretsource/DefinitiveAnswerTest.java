package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.failing;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What happens to a value whose store says that it is gone or denied. */
class DefinitiveAnswerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;
    private final LiveSecret<SecretValue> live = stand.secrets.live(APP);

    @AfterEach
    void close() {
        stand.close();
    }

    /** Lets the next refresh happen and returns at its moment. */
    private void untilRefreshed() {
        int calls = source.calls("app").size();
        while (source.calls("app").size() == calls) {
            stand.time.advance(SECOND.dividedBy(10));
        }
    }

    private Duration lastGap() {
        List<Duration> gaps = RefreshTest.gaps(source, "app");
        return gaps.get(gaps.size() - 1);
    }

    @Test
    @DisplayName("F26 not found once is a doubt: the value is served, the source is asked again after 1 to 2 s")
    void firstNotFoundIsADoubt() {
        source.always(missing());

        untilRefreshed();

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.status().state()).isEqualTo(State.STALE);
        assertThat(stand.events(SecretEvent.RefreshFailed.class)).hasSize(1);
        untilRefreshed();
        assertThat(lastGap()).isBetween(SECOND, SECOND.multipliedBy(2));
    }

    @Test
    @DisplayName("F26 not found twice withdraws, the second time with a fresh login")
    void secondNotFoundWithdraws() {
        source.always(missing());
        untilRefreshed();

        untilRefreshed();

        assertThat(refusal(live)).isInstanceOf(SecretNotFoundException.class);
        assertThat(stand.status().state()).isEqualTo(State.WITHDRAWN);
        assertThat(source.logins("app")).containsExactly(false, false, true);
        assertThat(stand.events(SecretEvent.Withdrawn.class))
                .singleElement()
                .satisfies(event -> assertThat(event.reason()).isInstanceOf(SecretNotFoundException.class));
    }

    @Test
    void hintBeforeTheSecondOpinionIsDueDoesNotCount() {
        source.always(missing());
        untilRefreshed();
        stand.time.advance(SECOND.dividedBy(2));
        source.hint();
        stand.time.advance(SECOND.dividedBy(4));

        var status = stand.status();

        assertThat(status.state()).isEqualTo(State.STALE);
        stand.time.advance(SECOND.multipliedBy(2));
        assertThat(stand.status().state()).isEqualTo(State.WITHDRAWN);
    }

    @Test
    void hintBeforeTheSecondOpinionIsDueDoesNotUseUpTheFreshLogin() {
        var local = SourceTraits.defaults().withHintGap(Duration.ofMillis(50));
        try (var hinted = new Stand(RefreshPolicy.unset(), local)) {
            assertThat(hinted.secrets.live(APP).get()).isNotNull();
            hinted.source.always(missing());
            hinted.time.advance(SECOND);
            hinted.source.hint();
            hinted.time.advance(SECOND.dividedBy(2));
            hinted.source.hint();

            hinted.time.advance(SECOND.multipliedBy(2));

            assertThat(hinted.source.logins("app")).containsExactly(false, false, false, true);
            assertThat(hinted.status().state()).isEqualTo(State.WITHDRAWN);
        }
    }

    @Test
    void outageBetweenTwoOpinionsStartsTheDoubtAnew() {
        source.once(missing()).once(down()).once(missing()).always(down());
        untilRefreshed();
        untilRefreshed();

        untilRefreshed();

        assertThat(live.get().reveal()).isEqualTo("first");
        stand.time.advance(Duration.ofMinutes(20));
        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    void successBetweenTwoOpinionsEndsTheDoubt() {
        source.once(missing()).once(value("first")).once(missing());
        untilRefreshed();
        untilRefreshed();
        assertThat(stand.events(SecretEvent.Recovered.class)).hasSize(1);

        untilRefreshed();

        assertThat(stand.status().state()).isEqualTo(State.STALE);
    }

    @Test
    void keepsTheValueUntilMaxStaleWherePolicySaysSo() {
        var keep = RefreshPolicy.unset().withWhenGone(RefreshPolicy.WhenGone.KEEP_UNTIL_MAX_STALE);
        try (var kept = new Stand(keep)) {
            var handle = kept.secrets.live(APP);
            kept.source.always(missing());

            kept.time.advance(Stand.MAX_STALE.minus(SECOND));

            assertThat(handle.get().reveal()).isEqualTo("first");
            assertThat(kept.source.calls()).hasSizeLessThan(18);
            kept.time.advance(SECOND);
            assertThat(refusal(handle)).isNotNull();
        }
    }

    @Test
    void whatIsGoneIsLookedForAgainAndComesBack() {
        source.always(missing());
        untilRefreshed();
        untilRefreshed();
        source.always(value("second"));

        untilRefreshed();

        assertThat(lastGap()).isGreaterThanOrEqualTo(INTERVAL);
        assertThat(live.get().reveal()).isEqualTo("second");
        assertThat(stand.events(SecretEvent.Rotated.class)).hasSize(1);
    }

    @Test
    void whatIsGoneComesBackWithTheSameContent() {
        source.always(missing());
        untilRefreshed();
        untilRefreshed();
        source.always(value("first"));

        untilRefreshed();

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.events(SecretEvent.Recovered.class)).hasSize(1);
        assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
    }

    @Test
    void hintBringsBackWhatIsGoneEvenAfterAnOutage() {
        source.once(down()).always(missing());
        untilRefreshed();
        untilRefreshed();
        untilRefreshed();
        assertThat(stand.status().state()).isEqualTo(State.WITHDRAWN);
        source.always(value("second"));

        stand.time.advance(SECOND);
        source.hint();
        stand.time.advance(SECOND);

        assertThat(live.get().reveal()).isEqualTo("second");
    }

    @Test
    void deniedIsToldOnceAndAtOnce() {
        source.always(denied());

        untilRefreshed();

        assertThat(stand.events(SecretEvent.Denied.class)).hasSize(1);
        assertThat(live.get().reveal()).isEqualTo("first");
        stand.time.advance(INTERVAL.multipliedBy(3));
        assertThat(refusal(live)).isInstanceOf(SecretAccessException.class);
        assertThat(stand.events(SecretEvent.Denied.class)).hasSize(1);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
    }

    @Test
    @DisplayName("F19 a login that cannot be had is an outage, not a denial")
    void loginThatFailsIsAnOutage() {
        source.always((id, context) -> (context.freshLogin() ? down() : denied()).to(id, context));

        stand.time.advance(INTERVAL.multipliedBy(4));

        assertThat(live.get().reveal()).isEqualTo("first");
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    void whatAStoreHoldsBackIsRememberedForThirtySeconds() {
        source.always(failing(id -> new SecretNotFoundException(id, "is disabled", "enable it")
                .because(SecretNotFoundException.Reason.DISABLED)));
        assertThatThrownBy(() -> stand.secrets.find("s:other")).isInstanceOf(SecretNotFoundException.class);
        stand.time.advance(Duration.ofSeconds(29));

        assertThatThrownBy(() -> stand.secrets.find("s:other")).isInstanceOf(SecretNotFoundException.class);

        assertThat(source.calls("other")).hasSize(1);
    }
}
