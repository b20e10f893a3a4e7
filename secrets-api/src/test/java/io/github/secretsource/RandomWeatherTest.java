package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.malformed;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.ScriptedSource.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a source and its callers do for a while: once the source is well, so is all that is held. */
@Timeout(10)
class RandomWeatherTest {

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final int SECRETS = 30;

    private final FakeTime time = FakeTime.advancingItself();
    private final BatchSource source = new BatchSource();
    private final Map<Integer, LiveSecret<SecretValue>> held = new HashMap<>();

    private List<ScriptedSource.Answer> weathers() {
        return List.of(
                value("first"),
                value("first"),
                value("second"),
                down(),
                down(),
                missing(),
                denied(),
                malformed(),
                throttled(Duration.ofSeconds(5)),
                source.single.taking(Duration.ofSeconds(2), value("first")),
                source.single.taking(Duration.ofSeconds(2), down()),
                source.single.taking(Duration.ofSeconds(10), value("third")),
                (id, context) -> {
                    throw new IllegalStateException("canary");
                });
    }

    /** One weather for all, or another for each call. */
    private void changeWeather(Random random) {
        var weathers = weathers();
        boolean mixed = random.nextInt(3) == 0;
        var one = weathers.get(random.nextInt(weathers.size()));
        ScriptedSource.Answer answer = mixed
                ? (id, context) -> weathers.get(random.nextInt(weathers.size())).to(id, context)
                : one;
        source.single.always(answer);
        source.always(random.nextBoolean() ? BatchSource.each(answer) : BatchSource.whole(answer));
    }

    private void act(Secrets secrets, Random random) {
        int which = random.nextInt(SECRETS);
        String ref = "s:app" + which;
        switch (random.nextInt(12)) {
            case 0 -> held.computeIfAbsent(which, key -> secrets.liveLater(ref, Secret::value));
            case 1 -> {
                if (random.nextInt(4) == 0 && held.containsKey(which)) {
                    held.remove(which).close();
                }
            }
            case 2 -> quietly(() -> secrets.get(ref));
            case 3 -> quietly(() -> secrets.getWithin(ref, Duration.ofSeconds(20)));
            case 4 -> source.single.hint();
            case 5 -> quietly(() -> held.values().forEach(handle -> handle.rejected(handle.get())));
            case 6 -> secrets.getAll(List.of(ref, "s:app1", "s:app2", "s:cold" + which));
            case 7 -> time.jumpWallClock(Duration.ofSeconds(random.nextInt(21) - 10));
            case 8 -> time.freeze(Duration.ofMillis(random.nextInt(3_000)));
            case 9 -> changeWeather(random);
            default -> time.advance(Duration.ofMillis(random.nextInt(5_000)));
        }
    }

    private static void quietly(Runnable read) {
        try {
            read.run();
        } catch (SecretException e) {
            assertThat(e.getMessage()).doesNotContain("canary");
        }
    }

    @ParameterizedTest(name = "I6 F2 after any weather all that is held is fresh again, seed {0}")
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    @DisplayName("I6 F2 after any weather all that is held is fresh again")
    void allIsWellThatEndsWell(int seed) {
        var random = new Random(seed);
        source.with(SourceTraits.defaults().withBatchSize(seed % 2 == 0 ? 5 : 1));
        var policy = RefreshPolicy.unset().withRefreshAfter(INTERVAL).withMaxStale(INTERVAL.multipliedBy(3));
        try (var secrets =
                Secrets.builder().time(time).source("s", source).policy(policy).build()) {
            for (int i = 0; i < 2_000; i++) {
                act(secrets, random);
            }
            ScriptedSource.Answer well = value("last");
            source.single.always(well);
            source.always(BatchSource.each(well));
            time.advance(INTERVAL.multipliedBy(5));

            var values = new ArrayList<String>();
            held.values().forEach(handle -> values.add(handle.get().reveal()));
            assertThat(values).containsOnly("last");
            assertThat(secrets.statuses())
                    .filteredOn(status -> isHeld(status.id()))
                    .allSatisfy(status -> {
                        assertThat(status.state()).isEqualTo(SecretStatus.State.FRESH);
                        assertThat(status.age()).isLessThanOrEqualTo(INTERVAL.plusSeconds(1));
                    });
            int before = source.calls();
            time.advance(INTERVAL.multipliedBy(10));
            assertThat(source.calls() - before).isLessThanOrEqualTo(held.size() * 12);
        }
    }

    private boolean isHeld(SecretId id) {
        return held.values().stream().anyMatch(handle -> handle.status().id().equals(id));
    }
}
