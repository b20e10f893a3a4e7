package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handle shows, and when its consumers are first told. */
class LiveSecretTest {

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "one");
    private final Secrets secrets =
            Secrets.builder().time(time).source("mem", source).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void holdsTheValueFromTheStart() {
        LiveSecret<SecretValue> live = secrets.live("mem:app");

        assertThat(live.get().reveal()).isEqualTo("one");
        assertThat(live.held().value()).isSameAs(live.get());
        assertThat(live.held().version()).isEqualTo("v1");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
    }

    @Test
    void holdsTheNewValueAfterARotation() {
        LiveSecret<SecretValue> live = secrets.live("mem:app");

        source.rotate("app", "two");
        time.advance(Duration.ofSeconds(1));

        assertThat(live.get().reveal()).isEqualTo("two");
        assertThat(live.held().version()).isEqualTo("v2");
    }

    @Test
    void tellsWhenTheValueExpires() {
        var end = Instant.parse("2031-01-01T00:00:00Z");
        source.put("app", SecretData.of(SecretValue.of("one")).withExpiresAt(end));

        assertThat(secrets.live("mem:app").held().expiresAt()).contains(end);
    }

    @Test
    void deliversTheValueAtHandOnTheCallingThread() {
        var told = new AtomicReference<Thread>();

        secrets.live("mem:app").subscribe(value -> told.set(Thread.currentThread()));

        assertThat(told.get()).isSameAs(Thread.currentThread());
    }

    @Test
    void passesOnWhatTheConsumerThrowsAtFirstAndSubscribesNothing() {
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        var told = new CopyOnWriteArrayList<String>();
        var refusal = new IllegalArgumentException("no pool");

        assertThatThrownBy(() -> live.subscribe(value -> {
                    told.add(value.reveal());
                    throw refusal;
                }))
                .isSameAs(refusal);
        source.rotate("app", "two");
        time.advance(Duration.ofSeconds(1));

        assertThat(told).containsExactly("one");
    }

    @Test
    void subscribesNothingWhenTheConsumerThrowsACheckedExceptionAtFirst() {
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        var told = new CopyOnWriteArrayList<String>();
        var refusal = new java.io.IOException("as Kotlin does");

        assertThatThrownBy(() -> live.subscribe(value -> {
                    told.add(value.reveal());
                    LiveSecretTest.<RuntimeException>sneak(refusal);
                }))
                .isSameAs(refusal);
        source.rotate("app", "two");
        time.advance(Duration.ofSeconds(1));

        assertThat(told).containsExactly("one");
    }

    @SuppressWarnings("unchecked")
    private static <E extends Exception> void sneak(Exception checked) throws E {
        throw (E) checked;
    }

    @Test
    void tellsEachVersionOnceInOrder() {
        var told = new CopyOnWriteArrayList<String>();
        secrets.live("mem:app").subscribe(value -> told.add(value.reveal()));

        for (String next : List.of("two", "three", "four")) {
            source.rotate("app", next);
            time.advance(Duration.ofSeconds(1));
            source.hint("app");
            time.advance(Duration.ofSeconds(1));
        }

        assertThat(told).containsExactly("one", "two", "three", "four");
    }

    @Test
    void aConstantNeverRotates() {
        var told = new ArrayList<String>();
        LiveSecret<String> live = LiveSecret.constant("fixed");

        live.subscribe(told::add).close();
        live.close();

        assertThat(live.get()).isEqualTo("fixed");
        assertThat(live.held().value()).isEqualTo("fixed");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.FRESH);
        assertThat(live.status().rotates()).isFalse();
        assertThat(told).containsExactly("fixed");
    }

    @Test
    void aLaterHandleHasNoValueAtFirstAndItsConsumersAreToldWhenItCame() {
        source.down();
        LiveSecret<SecretValue> live = secrets.liveLater("mem:app", Secret::value);
        var told = new CopyOnWriteArrayList<String>();
        live.subscribe(value -> told.add(value.reveal()));
        time.settle();

        assertThatThrownBy(live::get)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("mem:app is out of reach");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.WAITING);
        source.up();
        time.advance(Duration.ofSeconds(2));

        assertThat(live.get().reveal()).isEqualTo("one");
        assertThat(told).containsExactly("one");
    }

    @Test
    void aLaterHandleSaysThatItHasNoValueYet() {
        source.fetches((id, context) -> {
            pause(Duration.ofSeconds(1));
            return source.stored(id);
        });

        LiveSecret<SecretValue> live = secrets.liveLater("mem:app", Secret::value);

        assertThatThrownBy(live::get)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("has no value yet");
        time.advance(Duration.ofSeconds(1));
        assertThat(live.get().reveal()).isEqualTo("one");
    }

    @Test
    void aLaterHandleShowsWhatIsInMemory() {
        assertThat(secrets.get("mem:app").reveal()).isEqualTo("one");

        LiveSecret<SecretValue> live = secrets.liveLater("mem:app", Secret::value);
        time.settle();

        assertThat(live.get().reveal()).isEqualTo("one");
        assertThat(source.fetches()).isEqualTo(1);
    }

    @Test
    void aLaterHandleComesAliveAlthoughItsSourceWasCloggedWhenItWasMade() {
        source.fetches((id, context) -> {
            hang(Duration.ofSeconds(20));
            return source.stored(id);
        });
        for (int i = 0; i < 16; i++) {
            secrets.liveLater("mem:hung" + i, Secret::value);
        }
        time.advance(Duration.ofSeconds(3));
        source.up();

        LiveSecret<SecretValue> live = secrets.liveLater("mem:app", Secret::value);
        time.advance(Duration.ofMinutes(5));

        assertThat(live.get().reveal()).isEqualTo("one");
    }

    @Test
    void refusesAfterItsClose() {
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        var told = new CopyOnWriteArrayList<String>();
        live.subscribe(value -> told.add(value.reveal()));

        live.close();
        live.close();
        source.rotate("app", "two");
        time.advance(Duration.ofSeconds(1));

        assertThatThrownBy(live::get).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        assertThatThrownBy(live::held).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> live.subscribe(value -> {})).isInstanceOf(IllegalStateException.class);
        assertThat(told).containsExactly("one");
    }

    @Test
    void tellsNothingTwiceWhenASecretIsWithdrawnAndComesBackUnchanged() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        live.subscribe(value -> told.add(value.reveal()));
        SecretData before = source.stored(SecretId.of("mem", "app"));
        source.remove("app");
        source.hint("app");
        time.advance(Duration.ofSeconds(10));
        assertThatThrownBy(live::get).isInstanceOf(SecretNotFoundException.class);

        source.put("app", before).hint("app");
        time.advance(Duration.ofMinutes(2));

        assertThat(live.get().reveal()).isEqualTo("one");
        assertThat(told).containsExactly("one");
    }

    /** Waits on a thread of the library, in fake time. */
    private void pause(Duration span) {
        try {
            boolean unused = time.await(new java.util.concurrent.CompletableFuture<Void>(), time.after(span));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits however often it is interrupted. */
    private void hang(Duration span) {
        long end = time.after(span);
        while (time.nanos() - end < 0) {
            try {
                boolean unused = time.await(new java.util.concurrent.CompletableFuture<Void>(), end);
            } catch (InterruptedException e) {
                // A client library that swallows interrupts.
            }
        }
    }
}
