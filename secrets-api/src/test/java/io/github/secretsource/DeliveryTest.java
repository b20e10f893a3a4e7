package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Later deliveries: where, how often, and what a bad consumer costs the others. */
class DeliveryTest {

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "0");
    private final CompletableFuture<Void> release = new CompletableFuture<>();
    private final Secrets.Builder builder = Secrets.builder().time(time).source("mem", source);
    private final List<Secrets> opened = new ArrayList<>();
    private CapturedLog log;

    @BeforeEach
    void listen() {
        log = CapturedLog.start();
    }

    @AfterEach
    void close() {
        release.complete(null);
        time.settle();
        opened.forEach(Secrets::close);
        log.close();
    }

    private LiveSecret<String> live() {
        return live(builder);
    }

    private LiveSecret<String> live(Secrets.Builder plan) {
        Secrets secrets = plan.build();
        opened.add(secrets);
        return secrets.live("mem:app", secret -> secret.value().reveal());
    }

    @Test
    void laterDeliveriesComeOnDaemonThreadsOfTheLibrary() {
        var threads = new CopyOnWriteArrayList<Thread>();
        live().subscribe(value -> threads.add(Thread.currentThread()));

        rotate("1");

        assertThat(threads).hasSize(2);
        assertThat(threads.get(1).getName()).startsWith("secretsource-listener");
        assertThat(threads.get(1).isDaemon()).isTrue();
    }

    @Test
    void aSlowConsumerIsToldTheLatestAndNothingTwiceAtOnce() {
        var told = new CopyOnWriteArrayList<String>();
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        LiveSecret<String> live = live();
        live.subscribe(value -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            told.add(value);
            if (value.equals("1")) {
                block();
            }
            inside.decrementAndGet();
        });

        rotate("1");
        rotate("2");
        rotate("3");
        assertThat(told).containsExactly("0", "1");
        release.complete(null);
        time.settle();

        assertThat(told).containsExactly("0", "1", "3");
        assertThat(most).hasValue(1);
    }

    @Test
    @DisplayName("F48 with 63 blocked consumers the 64th is still told")
    void sixtyThreeBlockedConsumersHoldUpNobody() {
        LiveSecret<String> live = live();
        var told = new CopyOnWriteArrayList<String>();
        for (int i = 0; i < 63; i++) {
            live.subscribe(value -> block());
        }
        live.subscribe(told::add);

        // The first delivery, on this thread, passes: nothing blocks until a rotation.
        rotate("1");
        rotate("2");

        assertThat(live.get()).isEqualTo("2");
        assertThat(told).containsExactly("0", "1", "2");
    }

    @Test
    @DisplayName("F48 a consumer that throws goes on being told; its exception is logged once, by class")
    void aConsumerThatThrowsGoesOnBeingTold() {
        var canary = Canary.next();
        var told = new CopyOnWriteArrayList<String>();
        var others = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live();
        live.subscribe(value -> {
            told.add(value);
            if (!value.equals("0")) {
                throw new IllegalStateException(canary.value(), new Exception(canary.value()));
            }
        });
        live.subscribe(others::add);

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("0", "1", "2");
        assertThat(others).containsExactly("0", "1", "2");
        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains("a consumer of mem:app threw java.lang.IllegalStateException");
        assertThat(canary.findIn(log.text())).isEmpty();
    }

    @Test
    void aConsumerThatThrowsAnErrorGoesOnBeingTold() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live();
        live.subscribe(value -> {
            told.add(value);
            if (value.equals("1")) {
                throw new StackOverflowError();
            }
        });

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("0", "1", "2");
    }

    @Test
    @DisplayName("F48 a consumer that blocks for five seconds is named in one warning")
    void warnsOfABlockedConsumerAfterFiveSeconds() {
        live().subscribe(value -> block());
        source.rotate("app", "1");
        time.advance(Duration.ofMillis(50));

        time.advance(Duration.ofMillis(4_999));
        assertThat(log.warnings()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(log.warnings())
                .singleElement()
                .asString()
                .contains("a consumer of mem:app has been running for 5 s");
        time.advance(Duration.ofMinutes(1));

        assertThat(log.warnings()).hasSize(1);
    }

    @Test
    void aConsumerIsNotToldAfterItsSubscriptionIsClosed() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live();
        Subscription subscription = live.subscribe(told::add);

        subscription.close();
        subscription.close();
        rotate("1");

        assertThat(told).containsExactly("0");
    }

    @Test
    @DisplayName("F48 a consumer may subscribe, read, open and close handles")
    void aConsumerMayUseTheLibrary() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live();
        Secrets secrets = opened.get(0);
        live.subscribe(value -> {
            if (value.equals("1")) {
                live.subscribe(again -> told.add("again " + again)).close();
                told.add("get " + secrets.get("mem:app").reveal());
                try (LiveSecret<SecretValue> other = secrets.live("mem:app")) {
                    told.add("live " + other.get().reveal());
                }
                live.close();
            }
        });

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("again 1", "get 1", "live 1");
    }

    @Test
    @DisplayName("F48 a consumer may close the whole library")
    void aConsumerMayCloseTheSecrets() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live();
        live.subscribe(value -> {
            if (value.equals("1")) {
                opened.get(0).close();
            }
            told.add(value);
        });

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("0", "1");
        assertThat(log.warnings()).isEmpty();
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }

    /** Waits for the release on a thread of the library, in fake time; the test's own thread passes. */
    private void block() {
        if (!Thread.currentThread().getName().startsWith("secretsource-")) {
            return;
        }
        try {
            boolean unused = time.await(release, time.after(Duration.ofDays(1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
