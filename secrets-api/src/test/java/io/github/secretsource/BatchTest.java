package io.github.secretsource;

import static io.github.secretsource.BatchSource.each;
import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who asks for many at once makes few calls. */
@Timeout(30)
class BatchTest {

    private static final Duration INTERVAL = Duration.ofMinutes(5);

    private final FakeTime time = FakeTime.advancingItself();
    private final BatchSource source = new BatchSource();
    private final CompletableFuture<Void> gate = new CompletableFuture<>();
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();
    private final Secrets secrets = Secrets.builder()
            .time(time)
            .source("s", source)
            .listener(events::add)
            .build();

    @AfterEach
    void close() {
        gate.complete(null);
        time.settle();
        secrets.close();
    }

    private static List<String> refs(int count) {
        return refs("app", count);
    }

    private static List<String> refs(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> "s:" + prefix + i).toList();
    }

    private void assertAllThere(SecretBatch read, int count) {
        assertThat(read.orThrow()).hasSize(count);
    }

    @Test
    @DisplayName("100 secrets in batches of 20 are five calls")
    void fiveCallsForAHundred() {
        assertAllThere(secrets.getAll(refs(100)), 100);

        assertThat(source.sizes()).containsExactly(20, 20, 20, 20, 20);
        assertThat(source.single.calls()).isEmpty();
        assertAllThere(secrets.getAll(refs(100)), 100);
        assertThat(source.batches()).hasSize(5);
    }

    @Test
    @DisplayName("what is in memory or on its way already is not asked for again")
    void asksForTheOthersOnly() {
        assertThat(secrets.get("s:app3")).isNotNull();

        assertAllThere(secrets.getAll(refs(21)), 21);

        assertThat(source.sizes()).containsExactly(20);
        assertThat(source.single.calls()).hasSize(1);
    }

    @Test
    @DisplayName("one that is left over flies alone, and so does every single read")
    void singlesFlyAlone() {
        assertAllThere(secrets.getAll(refs(21)), 21);
        assertThat(secrets.get("s:other")).isNotNull();
        assertThat(secrets.live("s:another")).isNotNull();

        assertThat(source.sizes()).containsExactly(20);
        assertThat(source.single.calls()).hasSize(3);
    }

    @Test
    @DisplayName("what a batch leaves out is asked for singly")
    void missingEntriesAreFetched() {
        source.always((ids, context) -> {
            var outcomes = new HashMap<>(each(value("batch")).to(ids, context));
            outcomes.keySet().removeIf(id -> id.path().endsWith("7"));
            return outcomes;
        });

        var read = secrets.getAll(refs(20)).orThrow();

        assertThat(read.get("s:app7").reveal()).isEqualTo("first");
        assertThat(read.get("s:app17").reveal()).isEqualTo("first");
        assertThat(read.get("s:app8").reveal()).isEqualTo("batch");
        assertThat(source.single.calls()).hasSize(2);
    }

    @Test
    @DisplayName("what is wrong with one secret of a batch is its own trouble")
    void failuresStayWithTheirSecret() {
        source.always(each((id, context) -> switch (id.path()) {
            case "app1" -> missing().to(id, context);
            case "app2" -> ScriptedSource.malformed().to(id, context);
            case "app3" -> down().to(id, context);
            default -> value("first").to(id, context);
        }));

        var read = secrets.getAll(refs(20));

        assertThat(read.problems()).hasSize(3);
        assertThat(read.problems().get("s:app1")).isInstanceOf(SecretNotFoundException.class);
        assertThat(read.problems().get("s:app2")).isInstanceOf(SecretFormatException.class);
        assertThat(read.problems().get("s:app3")).isInstanceOf(SecretUnavailableException.class);
        assertThat(source.single.calls()).isEmpty();
    }

    @Test
    @DisplayName("secrets denied in a batch that are new are asked for once more, alone and with a fresh login")
    void deniedOnesAreAskedForAgain() {
        source.always(each(denied()));
        source.single.always((id, context) -> (id.path().equals("app0") ? value("first") : denied()).to(id, context));

        var read = secrets.getAll(refs(5));

        assertThat(read.problems())
                .hasSize(4)
                .allSatisfy((ref, problem) -> assertThat(problem).isInstanceOf(SecretAccessException.class));
        assertThat(source.single.calls()).hasSize(5);
        assertThat(source.single.calls())
                .filteredOn(ScriptedSource.Call::freshLogin)
                .hasSize(1);
        assertThat(source.batches()).noneMatch(BatchSource.Batch::freshLogin);
    }

    @Test
    @DisplayName("refreshes of many are as few calls as their number and the batch size allow")
    void refreshesShareCalls() {
        for (String ref : refs(100)) {
            assertThat(secrets.live(ref)).isNotNull();
        }
        time.advance(INTERVAL.multipliedBy(2));
        int before = source.calls();

        time.advance(INTERVAL.multipliedBy(10));

        assertThat(source.calls() - before).isBetween(50, 120); // 1,000 singly.
        assertThat(secrets.statuses())
                .allSatisfy(status -> assertThat(status.age()).isLessThanOrEqualTo(INTERVAL));
    }

    @Test
    @DisplayName("a refresh takes along what is due within a tenth of the interval, nothing else")
    void takesAlongWhatIsNear() {
        for (String ref : refs(100)) {
            assertThat(secrets.live(ref)).isNotNull();
        }
        time.advance(INTERVAL.multipliedBy(20));

        var gaps = IntStream.range(0, 100)
                .mapToObj(i -> SecretId.of("s", "app" + i))
                .flatMap(id -> {
                    var times = source.batches().stream()
                            .filter(batch -> batch.ids().contains(id))
                            .map(BatchSource.Batch::nanos)
                            .toList();
                    return IntStream.range(1, times.size())
                            .mapToObj(i -> Duration.ofNanos(times.get(i) - times.get(i - 1)));
                })
                .toList();
        assertThat(gaps)
                .hasSizeGreaterThan(1_000)
                .allMatch(gap -> gap.compareTo(INTERVAL.multipliedBy(8).dividedBy(10)) >= 0);
    }

    @Test
    @DisplayName("a secret that nobody uses is not taken along")
    void idleSecretsStayBehind() {
        assertAllThere(secrets.getAll(refs("idle", 20)), 20);
        for (String ref : refs(20)) {
            assertThat(secrets.live(ref)).isNotNull();
        }

        time.advance(INTERVAL.multipliedBy(3));

        assertThat(secrets.statuses())
                .hasSize(20)
                .allMatch(status -> status.id().path().startsWith("app"));
    }

    @Test
    @DisplayName("secrets named for preload come in batches")
    void preloadUsesBatches() {
        var preloaded = new BatchSource();
        try (var loading = Secrets.builder()
                .time(time)
                .source("s", preloaded)
                .preload(refs(40))
                .build()) {
            time.settle();
            assertThat(preloaded.sizes()).containsExactly(20, 20);
            assertThat(loading.get("s:app7")).isNotNull();
            assertThat(preloaded.calls()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("secrets in use that a batch denies are doubted one by one, with one forced login in half a minute")
    void deniedOnesInUseAreConfirmed() {
        for (String ref : refs(20)) {
            assertThat(secrets.live(ref)).isNotNull();
        }
        time.advance(INTERVAL.multipliedBy(2));
        source.always(each(denied()));
        source.single.always(denied());
        int before = source.single.calls().size();
        int batches = source.batches().size();
        while (source.batches().size() == batches) {
            time.advance(Duration.ofSeconds(1));
        }

        time.advance(Duration.ofSeconds(29));

        var singles =
                source.single.calls().subList(before, source.single.calls().size());
        assertThat(singles).filteredOn(ScriptedSource.Call::freshLogin).hasSize(1);
        time.advance(INTERVAL);
        assertThat(secrets.statuses()).hasSize(20).allMatch(status -> status.state() == SecretStatus.State.WITHDRAWN);
        assertThat(source.batches()).noneMatch(BatchSource.Batch::freshLogin);
    }
}
