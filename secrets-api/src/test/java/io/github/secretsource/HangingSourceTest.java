package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import org.junit.jupiter.api.Timeout;

/** Calls that hang, deaf to interrupts: how many there may be, and who is held up. */
@Timeout(60)
class HangingSourceTest {

    private static final int PERMITS = 8;
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;
    private final CompletableFuture<Void> gate = new CompletableFuture<>();

    @AfterEach
    void close() {
        gate.complete(null);
        stand.time.settle();
        stand.close();
    }

    private static SecretException refused(Secrets secrets, String ref) {
        return catchThrowableOfType(SecretException.class, () -> secrets.get(ref));
    }

    @Test
    @DisplayName("F3 hung calls take half of the permits at most; then nothing is asked for until they return")
    void halfMayHang() {
        var partly = new ScriptedSource().with(SourceTraits.defaults().withPermits(PERMITS));
        partly.always((id, context) -> id.path().startsWith("bad")
                ? partly.deafUntil(gate, value("late")).to(id, context)
                : value("first").to(id, context));
        var time = FakeTime.advancingItself();
        try (var secrets = Secrets.builder().time(time).source("s", partly).build()) {
            for (int i = 0; i < PERMITS / 2; i++) {
                assertThat(secrets.get("s:good" + i)).isNotNull();
                assertThat(refused(secrets, "s:bad" + i)).isInstanceOf(SecretUnavailableException.class);
            }
            int calls = partly.calls().size();

            assertThat(refused(secrets, "s:bad")).hasMessageContaining("hang");
            assertThat(refused(secrets, "s:better")).hasMessageContaining("hang");
            time.advance(Duration.ofMinutes(30));

            assertThat(partly.calls()).hasSize(calls);
            gate.complete(null);
            time.settle();
            assertThat(secrets.get("s:better").reveal()).isEqualTo("first");
        }
    }

    @Test
    @DisplayName("F3 a source with 200 secrets that hangs altogether is called no more, and holds up no other")
    void allHang() {
        var time = FakeTime.create();
        var hanging = new ScriptedSource();
        hanging.always(hanging.deafUntil(gate, value("late")));
        try (var secrets = Secrets.builder()
                .time(time)
                .source("a", hanging)
                .source("b", new ScriptedSource())
                .build()) {
            var handles = IntStream.range(0, 200)
                    .mapToObj(i -> secrets.liveLater("a:app" + i, Secret::value))
                    .toList();
            var refs = IntStream.range(0, 100).mapToObj(i -> "b:app" + i).toList();
            time.settle();
            long before = time.nanos();
            assertThat(secrets.getAll(refs).orThrow()).hasSize(100);
            assertThat(time.nanos()).isEqualTo(before);

            for (int minute = 0; minute < 30; minute++) {
                time.advance(Duration.ofMinutes(1));
                assertThat(secrets.get("b:minute" + minute)).isNotNull();
            }

            assertThat(hanging.calls()).hasSizeLessThanOrEqualTo(32);
            assertThat(refused(secrets, "a:other")).hasMessageContaining("a:other");
            gate.complete(null);
            time.advance(Duration.ofMinutes(2));
            assertThat(handles)
                    .allSatisfy(handle -> assertThat(handle.get().reveal()).isEqualTo("late"));
        }
    }

    @Test
    @DisplayName("F3 one secret has one hung call and one more, then none")
    void twoCallsHangForOne() {
        var time = FakeTime.advancingItself();
        var hanging = new ScriptedSource();
        hanging.always(hanging.deafUntil(gate, value("late")));
        try (var secrets = Secrets.builder().time(time).source("s", hanging).build()) {
            for (int i = 0; i < 20; i++) {
                assertThat(refused(secrets, APP)).isInstanceOf(SecretUnavailableException.class);
                time.advance(Duration.ofMinutes(1));
            }

            assertThat(hanging.calls()).hasSize(2);
            gate.complete(null);
            time.settle();
            time.advance(Duration.ofMinutes(1));
            assertThat(secrets.get(APP).reveal()).isEqualTo("late");
        }
    }

    @Test
    @DisplayName("P9 a thousand threads whose value was refused make one call to a source that hangs, then none")
    void aThousandRefusals() throws Exception {
        LiveSecret<String> live =
                stand.secrets.live(APP, secret -> secret.value().reveal());
        source.always(source.deafUntil(gate, value("late")));
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            readings.add(new Reading(() -> live.rejected("first").orElse("none")));
        }
        stand.untilWaiting(1_000);
        stand.time.settle();
        assertThat(source.calls()).hasSize(2);

        stand.time.advance(DEADLINE);

        for (Reading reading : readings) {
            assertThat(reading.value()).isEqualTo("none");
        }
        long before = stand.time.nanos();
        for (int i = 0; i < 1_000; i++) {
            assertThat(live.rejected("first")).isEmpty();
        }
        assertThat(stand.time.nanos()).isEqualTo(before);
        assertThat(source.calls()).hasSize(2);
        assertThat(live.get()).isEqualTo("first");
    }
}
