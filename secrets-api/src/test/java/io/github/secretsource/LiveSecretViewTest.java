package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What an application makes of a secret, and what happens when it cannot. */
class LiveSecretViewTest {

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
    void runsOncePerVersion() {
        var runs = new AtomicInteger();
        LiveSecret<Integer> live = secrets.live("mem:app", secret -> {
            runs.incrementAndGet();
            return number(secret);
        });
        live.subscribe(value -> {});

        rotate("2");
        source.hint("app");
        time.advance(INTERVAL);

        assertThat(live.get()).isEqualTo(2);
        assertThat(runs).hasValue(2);
    }

    @Test
    void mayAskForTheSameSecretItself() {
        LiveSecret<String> live = secrets.live(
                "mem:app",
                secret -> secrets.get("mem:app").reveal()
                        + secrets.live("mem:app").get().reveal());

        rotate("2");

        assertThat(live.get()).isEqualTo("22");
    }

    @Test
    void keepsNothingWhenTheViewFailsAtTheStart() {
        source.put("app", "no number");

        assertThatThrownBy(() -> secrets.live("mem:app", LiveSecretViewTest::number))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("mem:app does not fit its view, which threw java.lang.NumberFormatException");
        time.advance(INTERVAL.multipliedBy(3));
        long calls = source.fetches();
        time.advance(INTERVAL.multipliedBy(10));

        assertThat(source.fetches()).isEqualTo(calls);
        assertThat(source.watches()).isZero();
        assertThat(secrets.statuses()).isEmpty();
        assertThat(kinds()).doesNotContain("Opened", "Closed");
    }

    @Test
    void keepsNothingWhenThereIsNoFirstValue() {
        source.remove("app");

        assertThatThrownBy(() -> secrets.live("mem:app")).isInstanceOf(SecretNotFoundException.class);
        time.advance(INTERVAL);
        long calls = source.fetches();
        time.advance(INTERVAL.multipliedBy(10));

        assertThat(source.fetches()).isEqualTo(calls);
        assertThat(source.watches()).isZero();
        assertThat(secrets.statuses()).isEmpty();
    }

    @Test
    void keepsTheLastGoodValueWhenTheViewFailsOnARotation() {
        LiveSecret<Integer> live = secrets.live("mem:app", LiveSecretViewTest::number);
        var told = new CopyOnWriteArrayList<Integer>();
        live.subscribe(told::add);

        rotate("no number");
        rotate("no number either");

        assertThat(live.get()).isEqualTo(1);
        assertThat(live.held().version()).isEqualTo("v1");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
        assertThat(live.status().problem()).containsInstanceOf(SecretFormatException.class);
        assertThat(told).containsExactly(1);
        assertThat(kinds()).containsOnlyOnce("RefreshFailed");
    }

    @Test
    void recoversWithTheNextVersionThatFits() {
        LiveSecret<Integer> live = secrets.live("mem:app", LiveSecretViewTest::number);
        var told = new CopyOnWriteArrayList<Integer>();
        live.subscribe(told::add);

        rotate("no number");
        rotate("3");

        assertThat(live.get()).isEqualTo(3);
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
        assertThat(live.status().problem()).isEmpty();
        assertThat(told).containsExactly(1, 3);
        assertThat(kinds()).containsSubsequence("RefreshFailed", "Recovered");
    }

    @Test
    @DisplayName("L7 the error of a view that failed holds nothing of the value")
    void hidesTheValueThatDidNotFit() {
        var canary = Canary.next();
        source.put("app", canary.value());
        Throwable atTheStart = catchThrowable(() -> secrets.live("mem:app", LiveSecretViewTest::number));
        source.put("other", "1");
        LiveSecret<Integer> live = secrets.live("mem:other", LiveSecretViewTest::number);
        source.rotate("other", canary.value());
        time.advance(Duration.ofSeconds(1));
        SecretException later = live.status().problem().orElseThrow();

        assertThat(atTheStart).hasNoCause().hasNoSuppressedExceptions();
        assertThat(canary.findIn(TestSecrets.printed(atTheStart))).isEmpty();
        assertThat(canary.findIn(TestSecrets.printed(later))).isEmpty();
        assertThat(canary.findIn(events.toString())).isEmpty();
        assertThat(canary.findIn(log.text())).isEmpty();
    }

    @Test
    void takesNullForAProblemOfFormat() {
        assertThatThrownBy(() -> secrets.live("mem:app", secret -> null))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("its view");
    }

    @Test
    void passesOnASecretExceptionOfTheView() {
        assertThatThrownBy(() -> secrets.live("mem:app", secret -> secret.field("missing")))
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void reportsTheSecretWhoseViewFailedAndNotTheOneItAskedFor() {
        LiveSecret<String> live = secrets.live(
                "mem:app",
                secret -> number(secret) > 1 ? secrets.get("mem:gone").reveal() : "first");

        rotate("2");

        assertThat(live.get()).isEqualTo("first");
        assertThat(events)
                .filteredOn(event -> event instanceof SecretEvent.RefreshFailed)
                .extracting(event -> event.id().path())
                .containsExactly("app");
    }

    @Test
    void keepsTheInterruptOfAViewThatWasInterruptedAtTheStart() {
        assertThatThrownBy(() -> secrets.live("mem:app", secret -> {
                    throw new InterruptedException();
                }))
                .isInstanceOf(SecretFormatException.class);

        assertThat(Thread.interrupted()).isTrue();
    }

    private static int number(Secret secret) {
        return Integer.parseInt(secret.value().reveal());
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }

    private List<String> kinds() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }
}
