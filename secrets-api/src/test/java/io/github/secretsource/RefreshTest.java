package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.data;
import static io.github.secretsource.ScriptedSource.malformed;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the source is asked again while all is well, and what its answers change. */
class RefreshTest {

    private static SecretData labelled(String value, String version) {
        return SecretData.of(SecretValue.of(value)).withVersion(version);
    }

    /** The gaps between the calls for one path. */
    static List<Duration> gaps(ScriptedSource source, String path) {
        var calls = source.calls(path);
        var gaps = new ArrayList<Duration>();
        for (int i = 1; i < calls.size(); i++) {
            gaps.add(Duration.ofNanos(calls.get(i).nanos() - calls.get(i - 1).nanos()));
        }
        return gaps;
    }

    @Test
    void aPinnedSecretThatNobodyNeedsLeavesMemory() {
        try (var stand =
                new Stand(RefreshPolicy.unset(), SourceTraits.defaults().withSelectors(SecretId.Selector.VERSION))) {
            stand.secrets.get("s:app?version=1");
            stand.time.advance(Duration.ofMinutes(10));
            stand.time.advance(Duration.ofMinutes(11));

            assertThat(stand.secrets.statuses()).isEmpty();
            assertThat(stand.source.calls()).hasSize(1);
        }
    }

    @Test
    void refreshesAheadOfTimeWithJitter() {
        try (var stand = new Stand()) {
            for (int i = 0; i < 200; i++) {
                assertThat(stand.secrets.live("s:app" + i).get()).isNotNull();
            }

            stand.time.advance(INTERVAL.multipliedBy(4));

            var firsts = new HashSet<Duration>();
            for (int i = 0; i < 200; i++) {
                var gaps = gaps(stand.source, "app" + i);
                firsts.add(gaps.get(0));
                assertThat(gaps.get(0)).isBetween(INTERVAL.dividedBy(2), INTERVAL);
                assertThat(gaps.subList(1, gaps.size()))
                        .hasSizeGreaterThanOrEqualTo(2)
                        .allSatisfy(gap -> assertThat(gap)
                                .isBetween(INTERVAL.multipliedBy(9).dividedBy(10), INTERVAL));
            }
            assertThat(firsts).hasSizeGreaterThan(190);
        }
    }

    @Test
    void sameContentIsNoNews() {
        try (var stand = new Stand()) {
            var delivered = new CopyOnWriteArrayList<SecretValue>();
            stand.secrets.live(APP).subscribe(delivered::add);

            stand.time.advance(INTERVAL.multipliedBy(10));

            assertThat(stand.source.calls()).hasSizeGreaterThan(9);
            assertThat(delivered).hasSize(1);
            assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
            assertThat(stand.events(SecretEvent.Recovered.class)).isEmpty();
        }
    }

    @Test
    void newContentIsOneRotation() {
        try (var stand = new Stand()) {
            var live = stand.secrets.live(APP);
            stand.source.always(value("second"));

            stand.time.advance(INTERVAL.multipliedBy(3));

            assertThat(live.get().reveal()).isEqualTo("second");
            assertThat(stand.read()).isEqualTo("second");
            assertThat(stand.events(SecretEvent.Rotated.class)).singleElement().satisfies(rotated -> {
                assertThat(rotated.from()).isEqualTo("#1");
                assertThat(rotated.to()).isEqualTo("#2");
                assertThat(rotated.regressed()).isFalse();
            });
        }
    }

    @Test
    void newLabelOnTheSameContentIsNoRotationButShows() {
        try (var stand = new Stand()) {
            stand.source.once(data(() -> labelled("same", "v1"))).always(data(() -> labelled("same", "v2")));
            var delivered = new CopyOnWriteArrayList<SecretValue>();
            stand.secrets.live(APP).subscribe(delivered::add);
            assertThat(stand.secrets.secret(APP).version()).isEqualTo("v1");

            stand.time.advance(INTERVAL);

            assertThat(stand.secrets.secret(APP).version()).isEqualTo("v2");
            assertThat(delivered).hasSize(1);
            assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
        }
    }

    @Test
    void theSourceLearnsTheVersionHeld() {
        try (var stand = new Stand()) {
            stand.source.always(data(() -> labelled("same", "v1")));
            stand.secrets.live(APP);

            stand.time.advance(INTERVAL);

            assertThat(stand.source.calls().get(0).knownVersion()).isEmpty();
            assertThat(stand.source.calls().get(1).knownVersion()).contains("v1");
        }
    }

    @Test
    void looksAgainWhenTheSourceAdvises() {
        try (var stand = new Stand()) {
            stand.source.once(data(
                    () -> labelled("first", "v1").withRefreshAt(stand.time.now().plusSeconds(20))));
            stand.secrets.live(APP);

            stand.time.advance(Duration.ofSeconds(21));

            assertThat(gaps(stand.source, "app")).containsExactly(Duration.ofSeconds(20));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2029-12-31T23:00:00Z", "-999999999-01-01T00:00:00Z", "+999999999-12-31T23:59:59Z"})
    @DisplayName("F17 an advice in the past or out of this world does not make a storm")
    void followsNoAdviceInThePast(Instant advice) {
        try (var stand = new Stand()) {
            stand.source.always(data(() -> labelled("first", "v1").withRefreshAt(advice)));
            stand.secrets.live(APP);

            stand.time.advance(INTERVAL.multipliedBy(2));

            assertThat(gaps(stand.source, "app"))
                    .hasSizeBetween(2, 4)
                    .allSatisfy(gap -> assertThat(gap).isGreaterThanOrEqualTo(INTERVAL.dividedBy(2)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT-1H", "PT87660H"})
    @DisplayName("F17 a jump of the wall clock expires nothing and causes no storm")
    void wallClockDoesNotMatter(Duration jump) {
        try (var stand = new Stand()) {
            var live = stand.secrets.live(APP);

            stand.time.jumpWallClock(jump);
            stand.time.advance(INTERVAL.multipliedBy(2));

            assertThat(live.get()).isNotNull();
            assertThat(stand.source.calls()).hasSizeBetween(3, 4);
            assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        }
    }

    @Test
    void pinnedVersionsAreNeitherPolledNorWithdrawn() {
        var traits = SourceTraits.defaults().withSelectors(SecretId.Selector.VERSION);
        try (var stand = new Stand(RefreshPolicy.unset(), traits)) {
            var live = stand.secrets.live("s:app?version=7");

            stand.time.advance(Duration.ofDays(300));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(stand.source.calls()).hasSize(1);
            assertThat(stand.status().rotates()).isFalse();
        }
    }

    @Test
    void whatNeverRotatesIsNeitherPolledNorWithdrawn() {
        try (var stand =
                new Stand(RefreshPolicy.unset(), SourceTraits.defaults().neverRotating())) {
            var live = stand.secrets.live(APP);

            stand.time.advance(Duration.ofDays(300));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(stand.source.calls()).hasSize(1);
        }
    }

    @Test
    void malformedContentKeepsTheLastGoodOne() {
        try (var stand = new Stand()) {
            var live = stand.secrets.live(APP);
            stand.source.always(malformed());

            stand.time.advance(INTERVAL.multipliedBy(3));

            assertThat(live.get().reveal()).isEqualTo("first");
            assertThat(stand.status().state()).isEqualTo(SecretStatus.State.STALE);
            assertThat(stand.source.calls()).hasSizeBetween(4, 5);
            assertThat(stand.events(SecretEvent.RefreshFailed.class)).hasSize(1);
            stand.time.advance(Stand.MAX_STALE);
            assertThat(Stand.refusal(live)).isInstanceOf(SecretUnavailableException.class);
        }
    }

    @Test
    void recoversAfterFailure() {
        try (var stand = new Stand()) {
            var live = stand.secrets.live(APP);
            stand.source.once(malformed());

            stand.time.advance(INTERVAL.multipliedBy(2));

            assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
            assertThat(stand.events(SecretEvent.Recovered.class)).hasSize(1);
        }
    }
}
