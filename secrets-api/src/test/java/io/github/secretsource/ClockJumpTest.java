package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.MAX_STALE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wall clocks that are set, and processes that are stopped for hours while theirs goes on. */
class ClockJumpTest {

    private static final int SECRETS = 100;

    /** Longer than all are looked at again after clocks disagree, shorter than any refresh is due. */
    private static final Duration AFTERWARDS = Duration.ofSeconds(30);

    private final Stand stand = new Stand();
    private final List<LiveSecret<SecretValue>> handles = new ArrayList<>();

    @AfterEach
    void close() {
        stand.close();
    }

    private void open() {
        for (int i = 0; i < SECRETS; i++) {
            handles.add(stand.secrets.live(path(i)));
        }
    }

    private static String path(int number) {
        return "s:app" + number;
    }

    private int calls(int number) {
        return stand.source.calls("app" + number).size();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "PT87660H", "PT-87660H"})
    @DisplayName("F17 a wall clock that is set withdraws nothing and costs at most one call per secret")
    void aJumpWithdrawsNothing(Duration jump) {
        open();
        stand.time.advance(AFTERWARDS);

        stand.time.jumpWallClock(jump);
        stand.time.advance(AFTERWARDS);

        for (int i = 0; i < SECRETS; i++) {
            assertThat(Stand.refusal(handles.get(i))).isNull();
            assertThat(calls(i)).isBetween(1, 2);
        }
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F17 a wall clock that is set forward in an outage shortens no value's life")
    void aJumpForwardShortensNothing() {
        LiveSecret<SecretValue> live = stand.secrets.live(APP);
        stand.source.always(down());
        stand.time.advance(MAX_STALE.dividedBy(2));

        stand.time.jumpWallClock(Duration.ofDays(3_652));
        stand.time.advance(MAX_STALE.dividedBy(2).minusMillis(1));

        assertThat(live.get().reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F17 a wall clock that is set back in an outage prolongs no value's life")
    void aJumpBackProlongsNothing() {
        LiveSecret<SecretValue> live = stand.secrets.live(APP);
        stand.source.always(down());
        stand.time.advance(MAX_STALE.dividedBy(2));

        stand.time.jumpWallClock(MAX_STALE.negated());
        stand.time.advance(MAX_STALE.dividedBy(2));

        assertThat(Stand.refusal(live)).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName(
            "F52 what was suspended while its monotonic clock stood still checks each secret once, not all together")
    void checksEachSecretOnce() {
        open();
        stand.time.advance(AFTERWARDS);
        stand.source.always(ScriptedSource.value("second"));

        stand.time.jumpWallClock(Duration.ofHours(10));
        stand.time.advance(Duration.ofSeconds(2));
        int soon = stand.source.calls().size() - SECRETS;
        stand.time.advance(Duration.ofSeconds(13));

        for (int i = 0; i < SECRETS; i++) {
            assertThat(handles.get(i).get().reveal()).isEqualTo("second");
            assertThat(calls(i)).isEqualTo(2);
        }
        assertThat(soon).isLessThan(SECRETS / 2);
    }

    @Test
    @DisplayName("F52 what was stopped for hours and continued by another wall clock serves nothing of before, and asks"
            + " without a storm")
    void refusesWhatIsOfBefore() {
        open();
        var servedBeforeAnAnswer = new ArrayList<String>();
        stand.source.always((id, context) -> {
            if (calls(0) == 1 && Stand.refusal(handles.get(0)) == null) {
                servedBeforeAnAnswer.add(id.path());
            }
            return ScriptedSource.value("second").to(id, context);
        });

        stand.time.jumpWallClock(Duration.ofHours(10));
        stand.time.freeze(MAX_STALE.multipliedBy(2));
        stand.time.advance(AFTERWARDS);

        assertThat(servedBeforeAnAnswer).isEmpty();
        for (int i = 0; i < SECRETS; i++) {
            assertThat(handles.get(i).get().reveal()).isEqualTo("second");
            assertThat(calls(i)).isBetween(2, 3);
        }
        assertThat(stand.source.mostRunning()).isLessThanOrEqualTo(32);
    }
}
