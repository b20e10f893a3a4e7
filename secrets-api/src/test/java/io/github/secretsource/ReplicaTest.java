package io.github.secretsource;

import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.ScriptedSource.Answer;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Where a store numbers nothing, what was replaced a moment ago is not believed at once. */
class ReplicaTest {

    private static final Duration TEN = Duration.ofSeconds(10);
    private static final Duration DOUBT = Duration.ofSeconds(30);

    private final CapturedLog log = CapturedLog.start();
    private Stand stand = standWith(SourceTraits.defaults());

    private static Stand standWith(SourceTraits traits) {
        return new Stand(RefreshPolicy.unset().withRefreshAfter(TEN).withMaxStale(Duration.ofMinutes(2)), traits);
    }

    @AfterEach
    void close() {
        log.close();
        stand.close();
    }

    private static Answer plain(String value) {
        return ScriptedSource.value(value);
    }

    private LiveSecret<String> held(Answer first) {
        stand.source.always(first);
        return stand.secrets.live(APP, secret -> secret.value().reveal());
    }

    /** Refreshes come by hints, one each second. */
    private void hintAfter(Duration span) {
        stand.time.advance(span);
        stand.source.hint();
        stand.time.settle();
    }

    private List<SecretEvent.Rotated> rotations() {
        return stand.events(SecretEvent.Rotated.class);
    }

    @Test
    @DisplayName("I4 replicas without numbers that answer in turn never show what was replaced within a minute")
    void flappingContentsNeverGoBack() {
        LiveSecret<String> live = held(plain("1"));
        for (String value : List.of("2", "3", "4", "5")) {
            stand.source.always(plain(value));
            hintAfter(Duration.ofSeconds(2));
            assertThat(live.get()).isEqualTo(value);
        }
        for (int i = 0; i < 12; i++) { // 52 seconds after "1" was replaced
            stand.source.always(plain(List.of("5", "1", "5", "3", "5", "4", "2").get(i % 7)));
            hintAfter(Duration.ofSeconds(4));
            assertThat(live.get()).isEqualTo("5");
        }
        assertThat(rotations()).hasSize(4);
    }

    @Test
    @DisplayName("I4 a content replaced within a minute is shown again after the third equal answer")
    void aReplacedContentIsBelievedInTheEnd() {
        LiveSecret<String> live = held(plain("one"));
        stand.source.always(plain("two"));
        hintAfter(Duration.ofSeconds(2));
        stand.time.advance(Duration.ofSeconds(58));
        stand.source.always(plain("one"));
        int calls = stand.source.calls().size();
        while (stand.source.calls().size() == calls) {
            hintAfter(Duration.ofMillis(100)); // Hints are followed a second apart.
        }
        assertThat(live.get()).isEqualTo("two");

        stand.time.advance(DOUBT.minusMillis(200));
        assertThat(live.get()).isEqualTo("two");
        stand.time.advance(Duration.ofSeconds(2)); // A hint may have put off the looks by one.

        assertThat(live.get()).isEqualTo("one");
        assertThat(rotations()).hasSize(2).last().matches(SecretEvent.Rotated::regressed);
    }

    @Test
    @DisplayName("I4 after a minute it is a rotation like any other")
    void afterAMinuteItIsForgotten() {
        LiveSecret<String> live = held(plain("one"));
        stand.source.always(plain("two"));
        hintAfter(Duration.ofSeconds(2));
        stand.time.advance(Duration.ofSeconds(61).minus(TEN.multipliedBy(2)));
        stand.source.always(plain("two"));
        stand.time.advance(TEN.multipliedBy(2));
        stand.source.always(plain("one"));

        hintAfter(Duration.ofMillis(1));
        stand.time.advance(Duration.ofSeconds(1));

        assertThat(live.get()).isEqualTo("one");
        assertThat(rotations()).hasSize(2).noneMatch(SecretEvent.Rotated::regressed);
    }

    @Test
    @DisplayName("I4 the fifth last content is forgotten")
    void fourAreRemembered() {
        LiveSecret<String> live = held(plain("0"));
        for (int i = 1; i <= 5; i++) {
            stand.source.always(plain(Integer.toString(i)));
            hintAfter(Duration.ofSeconds(2));
        }
        stand.source.always(plain("1"));
        hintAfter(Duration.ofSeconds(2));
        assertThat(live.get()).isEqualTo("5");
        stand.source.always(plain("0"));

        hintAfter(Duration.ofSeconds(2));

        assertThat(live.get()).isEqualTo("0");
    }

    @Test
    @DisplayName("I4 consumers are told of no content that is older than what they were told before")
    void consumersSeeNoOlderContent() {
        LiveSecret<String> live = held(plain("1"));
        var told = new ArrayList<Integer>();
        try (var subscription = live.subscribe(value -> told.add(Integer.parseInt(value)))) {
            assertThat(subscription).isNotNull();
            for (int i = 1; i <= 100; i++) {
                int newest = 1 + i / 8;
                stand.source.always(plain(Integer.toString(Math.max(1, newest - i % 2))));
                hintAfter(Duration.ofMillis(1_100));
            }
        }
        assertThat(told).isSorted().doesNotHaveDuplicates().endsWith(13);
    }
}
