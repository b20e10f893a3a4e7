package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replay a failure with {@code -Dsecretsource.seed=} and the seed in its message. */
class AgendaTest {

    private static final long FIRST_SEED = Long.getLong("secretsource.seed", new Random().nextLong());

    private final FakeTime time = FakeTime.create();
    private final AtomicInteger sweeps = new AtomicInteger();
    private final Agenda agenda = new Agenda(time, sweeps::incrementAndGet);
    private final List<Item> fired = new ArrayList<>();

    private final class Item extends Timed {

        private final Runnable task;
        private long firedAt;

        Item(Runnable task) {
            this.task = task;
        }

        @Override
        void fire(long now) {
            firedAt = now;
            fired.add(this);
            task.run();
        }
    }

    private Item item() {
        return new Item(() -> {});
    }

    private long in(Duration span) {
        return time.nanos() + span.toNanos();
    }

    @Test
    void agreesWithASortedListWhateverIsSetMovedAndCancelled() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 200; seed++) {
            agreesWithASortedList(seed);
        }
    }

    @Test
    void tellsWhatIsDueByAMoment() {
        var random = new Random(FIRST_SEED);
        Map<Item, Long> entered = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            Item item = item();
            entered.put(item, time.nanos() + 1 + random.nextInt(1_000));
            agenda.set(item, entered.get(item));
        }
        long moment = time.nanos() + 500;

        var due = entered.keySet().stream()
                .filter(item -> entered.get(item) <= moment)
                .toList();

        assertThat(agenda.dueBy(moment, 1_000)).containsExactlyInAnyOrderElementsOf(due);
        assertThat(agenda.dueBy(moment, 10)).hasSize(10).allMatch(due::contains);
        assertThat(agenda.dueBy(time.nanos(), 10)).isEmpty();
    }

    private void agreesWithASortedList(long seed) {
        var random = new Random(seed);
        var items = IntStream.range(0, 1 + random.nextInt(200))
                .mapToObj(i -> item())
                .toList();
        Map<Item, Long> expected = new HashMap<>();
        for (int step = 0; step < 500; step++) {
            Item item = items.get(random.nextInt(items.size()));
            int choice = random.nextInt(10);
            if (choice < 6) {
                long at = time.nanos() + 1 + random.nextInt(1_000);
                agenda.set(item, at);
                expected.put(item, at);
            } else if (choice < 8) {
                agenda.cancel(item);
                expected.remove(item);
            } else {
                advance(random.nextInt(300), expected, seed);
            }
        }
        advance(2_000, expected, seed);
        assertThat(expected).as("seed %s", seed).isEmpty();
    }

    private void advance(long nanos, Map<Item, Long> expected, long seed) {
        fired.clear();

        time.advance(Duration.ofNanos(nanos));

        var due = expected.entrySet().stream()
                .filter(entry -> entry.getValue() <= time.nanos())
                .toList();
        assertThat(fired)
                .as("seed %s", seed)
                .containsExactlyInAnyOrderElementsOf(
                        due.stream().map(Map.Entry::getKey).toList())
                .allSatisfy(item -> assertThat(item.firedAt).isEqualTo(expected.get(item)))
                .isSortedAccordingTo((one, other) -> Long.compare(one.firedAt, other.firedAt));
        expected.keySet().removeAll(fired);
    }

    @Test
    void firesLateThingsInTheirOrder() {
        var items = IntStream.range(0, 100).mapToObj(i -> item()).toList();
        new Random(1)
                .ints(0, 100)
                .distinct()
                .limit(100)
                .forEach(i -> agenda.set(items.get(i), in(Duration.ofMillis(i))));

        time.freeze(Duration.ofMillis(500));

        assertThat(fired).containsExactlyElementsOf(items);
        assertThat(sweeps).hasValue(0);
    }

    @Test
    @DisplayName("F18 sweeps first when it was woken more than a second late")
    void sweepsAfterAFreeze() {
        agenda.set(new Item(() -> assertThat(sweeps).hasValue(1)), in(Duration.ofSeconds(1)));

        time.freeze(Duration.ofMillis(2_001));

        assertThat(fired).hasSize(1);
        assertThat(sweeps).hasValue(1);
    }

    @Test
    @DisplayName("F45 an Error costs the others nothing, and what died of it is tried again")
    void survivesAnError() {
        var troubles = new AtomicInteger(2);
        var troubled = new Item(() -> {
            if (troubles.getAndDecrement() > 0) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        });
        var others = List.of(item(), item());
        agenda.set(troubled, in(Duration.ofSeconds(1)));
        agenda.set(others.get(0), in(Duration.ofSeconds(1)));
        agenda.set(others.get(1), in(Duration.ofSeconds(2)));

        time.advance(Duration.ofSeconds(10));

        assertThat(fired).containsAll(others).hasSize(5);
        assertThat(troubled.firedAt).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void thingMaySetItselfAgainWhileItFires() {
        var again = new ArrayList<Timed>();
        var item = new Item(() -> agenda.set(again.get(0), in(Duration.ofSeconds(1))));
        again.add(item);
        agenda.set(item, in(Duration.ofSeconds(1)));

        time.advance(Duration.ofSeconds(10));

        assertThat(fired).hasSize(10);
    }

    @Test
    void nothingFiresOnceItIsClosed() {
        agenda.set(item(), in(Duration.ofSeconds(1)));

        agenda.close();
        agenda.set(item(), in(Duration.ofSeconds(1)));
        agenda.cancel(item());
        time.advance(Duration.ofSeconds(10));

        assertThat(fired).isEmpty();
    }
}
