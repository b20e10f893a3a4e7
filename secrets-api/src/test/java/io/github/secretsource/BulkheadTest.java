package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Stand.Reading;
import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Each source has its own threads, so many and no more. */
class BulkheadTest {

    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final Stand stand = new Stand(
            RefreshPolicy.unset().withWaitDeadline(Duration.ofMinutes(1)),
            SourceTraits.defaults().withPermits(4));
    private final ScriptedSource source = stand.source;
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    @AfterEach
    void close() {
        gate.complete(null);
        stand.time.settle();
        stand.close();
    }

    private List<Reading> readings(int count) throws InterruptedException {
        var readings = new ArrayList<Reading>();
        for (int i = 0; i < count; i++) {
            readings.add(stand.reading("s:app" + i));
        }
        stand.untilWaiting(count);
        stand.time.settle();
        return readings;
    }

    @Test
    void moreCallsThanPermitsWaitTheirTurn() throws Exception {
        source.always(source.after(gate, value("first")));
        var readings = readings(40);
        assertThat(source.calls()).hasSize(4);

        gate.complete(null);

        for (Reading reading : readings) {
            assertThat(reading.value()).isEqualTo("first");
        }
        assertThat(source.calls()).hasSize(40);
        assertThat(source.mostRunning()).isEqualTo(4);
    }

    @Test
    @DisplayName("I6 a call whose deadline passes while it waits for a permit is never made")
    void overdueCallsAreNotMade() throws Exception {
        source.always(source.deafUntil(gate, value("first")));
        var readings = readings(40);

        stand.time.advance(DEADLINE);

        assertThat(readings)
                .allSatisfy(reading -> assertThat(reading.failure()).isInstanceOf(SecretUnavailableException.class));
        gate.complete(null);
        stand.time.settle();
        assertThat(source.calls()).hasSize(4);
        assertThat(stand.events(SecretEvent.Fetched.class)).hasSize(4);
    }

    @Test
    @DisplayName("I6 a source whose calls hang is left alone until they return")
    void cloggedSourceIsLeftAlone() throws Exception {
        source.always(source.deafUntil(gate, value("first")));
        readings(40);
        stand.time.advance(DEADLINE);

        var problems = stand.secrets.getAll(List.of("s:other")).problems();

        assertThat(problems.get("s:other"))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("too many calls");
        stand.time.advance(Duration.ofMinutes(5));
        assertThat(source.calls()).hasSize(4);
        gate.complete(null);
        stand.time.settle();
        assertThat(stand.secrets.get("s:other").reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F3 a source that hangs, deaf to interrupts, with 200 secrets, does not hold up another")
    void sourcesDoNotHoldUpEachOther() {
        var time = FakeTime.create();
        var hanging = new ScriptedSource();
        hanging.always(hanging.deafUntil(gate, value("late")));
        try (var secrets = Secrets.builder()
                .time(time)
                .source("a", hanging)
                .source("b", new ScriptedSource())
                .build()) {
            IntStream.range(0, 200)
                    .forEach(i -> assertThat(secrets.liveLater("a:app" + i, Secret::value))
                            .isNotNull());
            time.advance(Duration.ofSeconds(1));

            var read = secrets.getAll(
                    IntStream.range(0, 100).mapToObj(i -> "b:app" + i).toList());

            assertThat(read.orThrow()).hasSize(100);
            assertThat(hanging.calls()).hasSize(32);
            gate.complete(null);
        }
    }
}
