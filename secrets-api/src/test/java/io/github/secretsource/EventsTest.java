package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What listeners are told, in which order, and what a bad one costs. */
class EventsTest {

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "one");
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();
    private final List<Secrets> opened = new ArrayList<>();
    private final CompletableFuture<Void> release = new CompletableFuture<>();
    private final CapturedLog log = CapturedLog.start();

    @AfterEach
    void close() {
        release.complete(null);
        opened.forEach(Secrets::close);
        log.close();
    }

    private Secrets open(SecretEventListener... listeners) {
        Secrets.Builder builder = Secrets.builder().time(time).source("mem", source);
        for (SecretEventListener listener : listeners) {
            builder.listener(listener);
        }
        Secrets secrets = builder.build();
        opened.add(secrets);
        return secrets;
    }

    @Test
    void aDenialUnderAPurposeSaysWhoAsked() {
        var memory = InMemorySecrets.create();
        memory.put("app", "one");
        memory.deny("app");
        Secrets secrets = Secrets.builder()
                .time(time)
                .source("mem", memory)
                .listener(events::add)
                .build();
        opened.add(secrets);

        assertThatThrownBy(() -> secrets.withPurpose("billing").get("mem:app"))
                .isInstanceOf(SecretAccessException.class);
        time.settle();

        assertThat(events)
                .filteredOn(SecretEvent.Denied.class::isInstance)
                .extracting(event -> ((SecretEvent.Denied) event).purpose().orElse("nobody"))
                .containsExactly("nobody", "billing");
    }

    @Test
    void comeInOrder() {
        Secrets secrets = open(events::add);
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        rotate("two");
        source.down().hint("app");
        time.advance(Duration.ofMillis(200));
        source.up();
        time.advance(Duration.ofSeconds(2));
        source.remove("app").hint("app");
        time.advance(Duration.ofSeconds(5));
        live.close();
        time.settle();

        var transitions = events.stream()
                .filter(event -> !(event instanceof SecretEvent.Fetched))
                .map(event -> event.getClass().getSimpleName())
                .toList();

        assertThat(transitions)
                .containsExactly(
                        "Opened", "Rotated", "RefreshFailed", "Recovered", "RefreshFailed", "Withdrawn", "Closed");
        assertThat(events).isSortedAccordingTo((one, other) -> one.at().compareTo(other.at()));
    }

    @Test
    void comeForEveryCallToASource() {
        Secrets secrets = open(events::add);
        source.down();
        LiveSecret<SecretValue> unused = secrets.liveLater("mem:app", Secret::value);

        time.advance(Duration.ofMinutes(10));

        assertThat(events.stream().filter(event -> event instanceof SecretEvent.Fetched))
                .hasSize((int) source.fetches());
    }

    @Test
    void comeOnOneThreadToAllListeners() {
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Secrets secrets =
                open(event -> threads.add(Thread.currentThread()), event -> threads.add(Thread.currentThread()));
        LiveSecret<SecretValue> unused = secrets.live("mem:app");

        rotate("two");
        rotate("three");

        assertThat(threads).extracting(Thread::getName).containsExactly("secretsource-events-1");
    }

    @Test
    void nameThePurposeOfAHandle() {
        Secrets secrets = open(events::add);
        LiveSecret<SecretValue> audited = secrets.withPurpose("nightly report").live("mem:app");
        LiveSecret<SecretValue> other = secrets.live("mem:app");
        time.settle();

        assertThat(audited.get()).isEqualTo(other.get());
        assertThat(events)
                .filteredOn(event -> event instanceof SecretEvent.Opened)
                .extracting(event -> ((SecretEvent.Opened) event).purpose().orElse("none"))
                .containsExactly("nightly report", "none");
    }

    @Test
    void aBlockedListenerHoldsUpNobodyAndWhatItMissesIsCounted() {
        var blocked = new CompletableFuture<Void>();
        Secrets secrets = Secrets.builder()
                .source("mem", source)
                .listener(event -> {
                    blocked.complete(null);
                    release.join();
                })
                .build();
        opened.add(secrets);
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        blocked.join();

        for (int i = 0; i < 1_200; i++) {
            live.subscribe(value -> {}).close();
            secrets.live("mem:app").close();
        }

        assertThat(live.get().reveal()).isEqualTo("one");
        assertThat(secrets.health().droppedEvents()).isEqualTo(1 + 2_400 - 1_024);
    }

    @Test
    void aListenerThatThrowsStopsNoOther() {
        var canary = Canary.next();
        Secrets secrets = open(
                event -> {
                    throw new IllegalStateException(canary.value());
                },
                event -> {
                    throw new AssertionError(canary.value());
                },
                events::add);
        LiveSecret<SecretValue> unused = secrets.live("mem:app");

        rotate("two");

        assertThat(events).hasSize(4);
        assertThat(log.warnings())
                .containsExactly(
                        "a SecretEventListener threw java.lang.IllegalStateException; further ones are not reported");
        assertThat(canary.findIn(log.text())).isEmpty();
    }

    @Test
    void aListenerMayUseTheLibrary() {
        var seen = new CopyOnWriteArrayList<String>();
        var secrets = new CompletableFuture<Secrets>();
        secrets.complete(open(event -> {
            if (event instanceof SecretEvent.Rotated) {
                seen.add(secrets.join().get("mem:app").reveal());
                secrets.join().live("mem:app").close();
            }
        }));
        LiveSecret<SecretValue> unused = secrets.join().live("mem:app");

        rotate("two");

        assertThat(seen).containsExactly("two");
    }

    @Test
    void holdNoValue() {
        var canary = Canary.next();
        Secrets secrets = open(events::add);
        source.put("app", canary.value());
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        rotate(canary.value() + "2");
        source.down().hint("app");
        time.advance(Duration.ofHours(25));
        live.close();
        time.settle();

        var kinds = new HashSet<Class<?>>();
        events.forEach(event -> kinds.add(event.getClass()));
        assertThat(kinds).hasSizeGreaterThanOrEqualTo(5);
        assertThat(canary.findIn(events.toString())).isEmpty();
        assertThat(canary.findIn(log.text())).isEmpty();
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }
}
