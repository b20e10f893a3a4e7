package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who reads ever new secrets does not fill the memory; what is held or leased stays. */
class EvictionTest {

    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Pattern COUNT = Pattern.compile("secrets=(\\d+)");

    private final FakeTime time = FakeTime.advancingItself();
    private final InMemorySecrets memory = InMemorySecrets.create().silent();
    private final Secrets secrets =
            Secrets.builder().time(time).source("mem", memory).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    private static int inMemory(Secrets secrets) {
        var count = COUNT.matcher(secrets.toString());
        assertThat(count.find()).isTrue();
        return Integer.parseInt(count.group(1));
    }

    private List<String> make(String prefix, int count) {
        IntStream.range(0, count).forEach(i -> memory.put(prefix + i, "one"));
        return IntStream.range(0, count).mapToObj(i -> "mem:" + prefix + i).toList();
    }

    private void flood(String prefix, int count) {
        for (String ref : make(prefix, count)) {
            assertThat(secrets.get(ref)).isNotNull();
        }
    }

    @Test
    @DisplayName("20,000 secrets read once leave about ten thousand in memory; one that left is read as before")
    void coldReadsAreBounded() {
        flood("flood", 20_000);

        assertThat(inMemory(secrets)).isBetween(9_000, 11_000);
        for (String ref : List.of("mem:flood0", "mem:flood9999", "mem:flood19999")) {
            assertThat(secrets.get(ref).reveal()).isEqualTo("one");
        }
        time.advance(INTERVAL.multipliedBy(4));
        assertThat(inMemory(secrets)).isZero();
    }

    @Test
    @DisplayName("so do 20,000 that are read together")
    void readsOfManyAreBounded() {
        assertThat(secrets.getAll(make("flood", 20_000)).orThrow()).hasSize(20_000);

        assertThat(inMemory(secrets)).isLessThanOrEqualTo(11_000);
    }

    @Test
    @DisplayName("held secrets stay, and are refreshed as before")
    void heldOnesStay() {
        var handles = new ArrayList<LiveSecret<SecretValue>>();
        for (String ref : make("held", 300)) {
            handles.add(secrets.live(ref));
        }
        flood("flood", 20_000);
        var late = new ArrayList<LiveSecret<SecretValue>>();
        for (String ref : make("late", 300)) {
            late.add(secrets.live(ref));
        }
        IntStream.range(0, 300).forEach(i -> memory.put("held" + i, "two").put("late" + i, "two"));

        time.advance(INTERVAL.plusSeconds(1));

        assertThat(handles).allMatch(handle -> handle.get().reveal().equals("two"));
        assertThat(late).allMatch(handle -> handle.get().reveal().equals("two"));
        IntStream.range(0, 300)
                .forEach(i -> assertThat(memory.fetches("held" + i)).isLessThanOrEqualTo(3));
    }

    @Test
    @DisplayName("thousands may be held; once let go they are bounded like others")
    void releasedOnesMayLeave() {
        var handles = new ArrayList<LiveSecret<SecretValue>>();
        for (String ref : make("held", 12_000)) {
            handles.add(secrets.live(ref));
        }
        assertThat(inMemory(secrets)).isEqualTo(12_000);

        handles.forEach(LiveSecret::close);

        assertThat(inMemory(secrets)).isBetween(9_000, 11_000);
    }

    @Test
    @DisplayName("a secret under a lease stays, and its lease is not revoked")
    void leasedOnesStay() {
        flood("before", 2_000);
        var leased = make("leased", 50);
        IntStream.range(0, 50).forEach(i -> memory.lease("leased" + i, Duration.ofHours(8)));
        assertThat(secrets.getAll(leased).orThrow()).hasSize(50);

        flood("flood", 20_000);

        assertThat(memory.leases().revoked()).isZero();
        assertThat(secrets.getAll(leased).orThrow()).hasSize(50);
        assertThat(memory.leases().minted()).isEqualTo(50);
    }

    @Test
    @DisplayName("20,000 names that do not exist leave about ten thousand in memory, for a minute")
    void missingOnesAreBounded() {
        for (int i = 0; i < 20_000; i++) {
            String ref = "mem:none" + i;
            assertThat(catchThrowableOfType(SecretNotFoundException.class, () -> secrets.get(ref)))
                    .isNotNull();
        }

        assertThat(inMemory(secrets)).isLessThanOrEqualTo(11_000);
        time.advance(Duration.ofMinutes(3));
        assertThat(inMemory(secrets)).isZero();
    }

    @Test
    @DisplayName("names asked for while the source is down leave memory at once")
    void refusedOnesLeave() {
        make("flood", 20_000);
        memory.failAll();
        for (int i = 0; i < 20_000; i++) {
            String ref = "mem:flood" + i;
            assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(ref)))
                    .isNotNull();
        }
        assertThat(inMemory(secrets)).isLessThanOrEqualTo(11_000);

        time.advance(Duration.ofSeconds(2));

        assertThat(inMemory(secrets)).isLessThanOrEqualTo(3);
    }

    @Test
    @DisplayName("what is read again and again outlasts what is read once")
    void usedOnesStay() {
        var popular = make("popular", 500);
        for (int round = 0; round < 4; round++) {
            popular.forEach(ref -> assertThat(secrets.get(ref)).isNotNull());
            time.advance(INTERVAL); // Refreshes see that they were read.
            popular.forEach(ref -> assertThat(secrets.get(ref)).isNotNull());
            flood("flood" + round + "x", 11_000);
        }
        time.settle();
        int before = popular.stream()
                .mapToInt(ref -> memory.fetches(ref.substring(4)))
                .sum();

        popular.forEach(ref -> assertThat(secrets.get(ref)).isNotNull());

        int again = popular.stream()
                        .mapToInt(ref -> memory.fetches(ref.substring(4)))
                        .sum()
                - before;
        assertThat(again).as("were not in memory").isLessThan(100);
    }

    @Test
    @DisplayName("holding, letting go and reading from several threads meets no eviction in the wrong moment")
    void threadsDoNotMeet() {
        var store = InMemorySecrets.create().silent();
        IntStream.range(0, 14_000).forEach(i -> store.put("s" + i, "one"));
        try (var real = Secrets.builder().source("mem", store).build()) {
            assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                var threads = Executors.newFixedThreadPool(4);
                try {
                    var runs = new ArrayList<Callable<Integer>>();
                    for (int seed = 0; seed < 4; seed++) {
                        var random = new Random(seed);
                        runs.add(() -> holdAndLetGo(real, random));
                    }
                    for (Future<Integer> run : threads.invokeAll(runs)) {
                        assertThat(run.get()).isEqualTo(8_000);
                    }
                } finally {
                    threads.shutdownNow();
                }
            });
            assertThat(inMemory(real)).isLessThanOrEqualTo(11_000);
        }
    }

    private static int holdAndLetGo(Secrets secrets, Random random) {
        var held = new ArrayList<LiveSecret<SecretValue>>();
        int done = 0;
        for (; done < 8_000; done++) {
            String ref = "mem:s" + random.nextInt(14_000);
            if (random.nextInt(4) == 0) {
                held.add(secrets.live(ref));
            } else {
                assertThat(secrets.get(ref).reveal()).isEqualTo("one");
            }
            if (held.size() > 200) {
                LiveSecret<SecretValue> handle = held.remove(random.nextInt(held.size()));
                assertThat(handle.get().reveal()).isEqualTo("one");
                handle.close();
            }
        }
        held.forEach(handle -> assertThat(handle.get().reveal()).isEqualTo("one"));
        held.forEach(LiveSecret::close);
        return done;
    }
}
