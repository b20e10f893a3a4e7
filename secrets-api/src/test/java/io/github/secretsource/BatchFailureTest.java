package io.github.secretsource;

import static io.github.secretsource.BatchSource.each;
import static io.github.secretsource.BatchSource.whole;
import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.ScriptedSource.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A batch that fails, hangs or makes no sense costs its secrets nothing but the batch. */
@Timeout(30)
class BatchFailureTest {

    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final Duration MINUTE = Duration.ofMinutes(1);

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

    private SecretException refused(String ref) {
        return catchThrowableOfType(SecretException.class, () -> secrets.get(ref));
    }

    private void assertAllThere(SecretBatch read, int count) {
        assertThat(read.orThrow()).hasSize(count);
    }

    enum Refusal {
        DENIED(denied()),
        THROTTLED(throttled(Duration.ofSeconds(30))),
        UNSUPPORTED((id, context) -> {
            throw new UnsupportedOperationException();
        });

        @SuppressWarnings("ImmutableEnumChecker") // a script, which keeps nothing
        final ScriptedSource.Answer answer;

        Refusal(ScriptedSource.Answer answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest(name = "F7 a batch that is refused as a whole ({0}): singly now, no batch for a minute")
    @EnumSource
    void refusedBatch(Refusal refusal) {
        source.always(whole(refusal.answer));
        long before = time.nanos();

        assertAllThere(secrets.getAll(refs(40)), 40);

        assertThat(time.nanos()).isEqualTo(before);
        assertThat(source.batches()).hasSizeBetween(1, 2);
        assertThat(source.single.calls()).hasSize(40);
        int batches = source.batches().size();
        time.advance(MINUTE.minusNanos(1));
        assertAllThere(secrets.getAll(refs("late", 40)), 40);
        assertThat(source.batches()).hasSize(batches);
        source.always(each(value("first")));
        time.advance(Duration.ofNanos(1));
        assertAllThere(secrets.getAll(refs("later", 40)), 40);
        assertThat(source.batches()).hasSize(batches + 2);
    }

    @Test
    @DisplayName("F7 a batch that is throttled neither pauses its source nor counts as an outage")
    void throttledBatchPausesNobody() {
        source.always(whole(throttled(MINUTE)));
        source.single.always(down());

        assertThat(secrets.getAll(refs(2)).problems()).hasSize(2);

        source.single.always(value("first"));
        assertThat(secrets.get("s:other")).isNotNull();
    }

    @Test
    @DisplayName("F2 a batch without an answer counts once; its secrets are asked for singly")
    void unansweredBatchCountsOnce() {
        var one =
                new BatchSource().with(SourceTraits.defaults().withBatchSize(20).withPermits(1));
        try (var narrow = Secrets.builder().time(time).source("s", one).build()) {
            one.always(whole(down()));
            one.single.always(down());

            assertThat(narrow.getAll(refs(2)).problems()).hasSize(2);
            assertThat(one.single.calls()).hasSize(2); // The batch and these: three.
            one.single.always(value("first"));

            assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> narrow.get("s:other")))
                    .isNotNull();
            assertThat(one.single.calls()).hasSize(2);
        }
    }

    @Test
    @DisplayName("F2 a batch that was answered is no outage, whatever it says of single secrets")
    void anAnsweredBatchIsNoOutage() {
        source.always(
                each((id, context) -> (id.path().matches("app1[5-9]") ? down() : value("first")).to(id, context)));

        assertThat(secrets.getAll(refs(20)).problems()).hasSize(5);

        assertThat(secrets.get("s:other").reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F2 where nothing is answered, those who wait get the reason, and the source few calls")
    void everythingIsDown() {
        source.always(whole(down()));
        source.single.always(down());
        long before = time.nanos();

        var read = secrets.getAll(refs(100));

        assertThat(read.problems())
                .hasSize(100)
                .allSatisfy((ref, problem) -> assertThat(problem)
                        .isInstanceOf(SecretUnavailableException.class)
                        .hasMessageContaining(ref));
        assertThat(time.nanos() - before).isLessThanOrEqualTo(DEADLINE.toNanos());
        assertThat(source.calls()).isLessThanOrEqualTo(5 + 32 + 3);
        assertThat(read.problems().values())
                .as("what the store said, once")
                .allSatisfy(problem -> assertThat(problem.getMessage().split("is down", -1).length - 1)
                        .isBetween(1, 2))
                .noneSatisfy(problem -> assertThat(problem).hasMessageContaining("threw"));
    }

    @Test
    @DisplayName("F3 a batch that hangs, deaf to interrupts: its secrets fail at the deadline, and it is one hung call")
    void hungBatch() {
        source.always((ids, context) -> {
            source.single.deafUntil(gate, value("late")).to(ids.iterator().next(), context);
            return each(value("late")).to(ids, context);
        });
        long before = time.nanos();

        var read = secrets.getAll(refs(20));

        assertThat(read.problems())
                .hasSize(20)
                .allSatisfy((ref, problem) -> assertThat(problem).isInstanceOf(SecretUnavailableException.class));
        assertThat(time.nanos() - before).isEqualTo(DEADLINE.toNanos());
        assertThat(source.batches()).hasSize(1);
        // With 32 permits, 20 hung calls would be too many.
        var other = refused("s:other");
        assertThat(other == null || !other.getMessage().contains("too many calls"))
                .isTrue();
    }

    @Test
    @DisplayName("F2 F3 a batch that hangs is one call without an answer: its source is not down for that")
    void hungBatchCountsOnce() {
        source.always((ids, context) -> {
            source.single.deafUntil(gate, value("late")).to(ids.iterator().next(), context);
            return each(value("late")).to(ids, context);
        });

        assertThat(secrets.getAll(refs(20)).problems()).hasSize(20);

        assertThat(secrets.get("s:other").reveal()).isEqualTo("first");
    }

    @Test
    @DisplayName("F3 secrets of batches that hung are well once those return")
    void hungBatchesReturn() {
        source.always((ids, context) -> {
            source.single.deafUntil(gate, value("late")).to(ids.iterator().next(), context);
            return each(value("late")).to(ids, context);
        });
        assertThat(secrets.getAll(refs(20)).problems()).hasSize(20);
        time.advance(DEADLINE);
        source.always(each(value("second")));
        source.single.always(value("second"));
        gate.complete(null);
        time.advance(MINUTE);

        assertAllThere(secrets.getAll(refs(20)), 20);
    }

    @Test
    @DisplayName("a batch's deadline is that of its secrets")
    void slowBatch() {
        source.always((ids, context) -> {
            source.single
                    .taking(Duration.ofSeconds(10), value("late"))
                    .to(ids.iterator().next(), context);
            return each(value("late")).to(ids, context);
        });
        long before = time.nanos();

        assertThat(secrets.getAll(refs(20)).problems()).hasSize(20);

        assertThat(time.nanos() - before).isEqualTo(DEADLINE.toNanos());
    }

    enum Nonsense {
        NULL((ids, context) -> null),
        FOREIGN((ids, context) ->
                each(value("foreign")).to(Set.of(SecretId.of("s", "foreign"), SecretId.of("t", "app1")), context)),
        NULL_OUTCOMES((ids, context) -> {
            var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
            ids.forEach(id -> outcomes.put(id, null));
            return outcomes;
        }),
        ERROR((ids, context) -> {
            throw new NoClassDefFoundError("canary");
        }),
        EXCEPTION((ids, context) -> {
            throw new IllegalStateException("canary");
        }),
        DEAF_MAP((ids, context) -> new HashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public Outcome<SecretData> get(Object key) {
                throw new IllegalStateException("canary");
            }
        }),
        CHANGES_THE_QUESTION((ids, context) -> {
            ids.clear();
            return Map.of();
        });

        @SuppressWarnings("ImmutableEnumChecker") // a script, which keeps nothing
        final BatchSource.Answer answer;

        Nonsense(BatchSource.Answer answer) {
            this.answer = answer;
        }
    }

    @ParameterizedTest(name = "a batch that answers nonsense ({0}) harms nobody")
    @EnumSource
    void nonsenseIsHarmless(Nonsense nonsense) {
        source.always(nonsense.answer);
        long before = time.nanos();

        assertAllThere(secrets.getAll(refs(20)), 20);

        assertThat(time.nanos()).isEqualTo(before);
        assertThat(source.single.calls()).hasSize(20);
        assertThat(secrets.statuses()).hasSize(20);
        assertThat(events.toString()).doesNotContain("canary");
    }

    @Test
    @DisplayName("one secret with a shorter deadline does not cost the others of a waiting batch their turn")
    void deadlinesAreNotShared() {
        var narrow =
                new BatchSource().with(SourceTraits.defaults().withBatchSize(2).withPermits(1));
        narrow.always((ids, context) -> {
            narrow.single
                    .taking(Duration.ofSeconds(2), value("slow"))
                    .to(ids.iterator().next(), context);
            return each(value("first")).to(ids, context);
        });
        var still = FakeTime.create();
        var hasty = SecretId.of("s", "app2");
        try (var loading = Secrets.builder()
                .time(still)
                .source("s", narrow)
                .policy(RefreshPolicy.unset().withFetchDeadline(Duration.ofSeconds(10)))
                .policy(hasty, RefreshPolicy.unset().withFetchDeadline(Duration.ofSeconds(1)))
                .preload(refs(4))
                .build()) {
            still.advance(Duration.ofSeconds(5));

            assertThat(loading.statuses())
                    .extracting(status -> status.id().path())
                    .contains("app3");
        }
    }
}
