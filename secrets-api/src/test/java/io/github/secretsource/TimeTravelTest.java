package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real threads, calls that outlive their deadline, hints without end. Seed: {@code -Dsecretsource.seed=}. */
@Timeout(60)
class TimeTravelTest {

    private static final long SEED = Long.getLong("secretsource.seed", new Random().nextLong());
    private static final Duration DEADLINE = Duration.ofMillis(10);
    private static final int ENOUGH = 300;

    private final AtomicLong version = new AtomicLong();
    private final ScriptedSource source =
            new ScriptedSource().with(SourceTraits.defaults().linearizable().withHintGap(Duration.ofMillis(1)));

    /** Answers with what was the newest when the call began; one call in five takes longer than it may. */
    private ScriptedSource.Answer newest(Random random) {
        return (id, context) -> {
            var data = SecretData.of(SecretValue.of(Long.toString(version.incrementAndGet())));
            boolean slow = version.get() > 1 && random.nextInt(5) == 0;
            return slow
                    ? source.deafUntil(past(Duration.ofMillis(10 + random.nextInt(20))), (a, b) -> data)
                            .to(id, context)
                    : data;
        };
    }

    private static CompletableFuture<Void> past(Duration time) {
        var past = new CompletableFuture<Void>();
        Timeline.Timer timer = Timeline.system().timer("test-timer", () -> past.complete(null));
        timer.set(Timeline.system().after(time));
        var unused = past.thenRun(timer::close);
        return past;
    }

    @Test
    @DisplayName("I2 nobody sees an older value after a newer one")
    void valuesOnlyEverGetNewer() throws Exception {
        source.always(newest(new Random(SEED)));
        var over = new AtomicBoolean();
        try (var secrets = Secrets.builder()
                .source("s", source, RefreshPolicy.unset().withFetchDeadline(DEADLINE))
                .build()) {
            var live = secrets.liveLater(Stand.APP, Secret::value);
            while (Stand.refusal(live) != null) {
                Thread.onSpinWait(); // Even the first call may be too slow for its deadline on a busy machine.
            }
            var delivered = new CopyOnWriteArrayList<Long>();
            live.subscribe(value -> delivered.add(Long.valueOf(value.reveal())));
            var readers = IntStream.range(0, 4)
                    .mapToObj(i -> new Stand.Reading(() -> watch(i % 2 == 0, secrets, live, over)))
                    .toList();

            while (version.get() < ENOUGH) {
                source.hint();
                Thread.onSpinWait();
            }
            over.set(true);

            for (Stand.Reading reader : readers) {
                assertThat(reader.value()).as("seed %s", SEED).isEqualTo("newer and newer");
            }
            assertThat(delivered).as("seed %s", SEED).isSorted().doesNotHaveDuplicates();
        }
    }

    private static String watch(boolean plain, Secrets secrets, LiveSecret<SecretValue> live, AtomicBoolean over) {
        long last = 0;
        while (!over.get()) {
            var value = plain ? secrets.get(Stand.APP) : live.get();
            long seen = Long.parseLong(value.reveal());
            if (seen < last) {
                return seen + " after " + last;
            }
            last = seen;
        }
        return "newer and newer";
    }
}
