package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Five consumers that do what they should not, on one handle, and one that only listens. */
@Timeout(60)
class NastyConsumersTest {

    private final Threads threads = Threads.sinceNow();
    private final CapturedLog log = CapturedLog.start();
    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local()
            .put("app", "0")
            .put("cold-0", "c")
            .put("cold-1", "c")
            .put("cold-2", "c");
    private final Secrets secrets =
            Secrets.builder().time(time).source("mem", source).build();
    private final LiveSecret<String> live =
            secrets.live("mem:app", secret -> secret.value().reveal());
    private final CopyOnWriteArrayList<String> told = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<String> cold = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<String> again = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        secrets.close();
        log.close();
    }

    @Test
    @DisplayName("F48 five nasty consumers, which throw, block, subscribe again, read on and close, hold up nobody")
    void fiveNastyConsumersHoldUpNobody() {
        subscribe();

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("0", "1", "2");
        assertThat(cold).containsExactly("0 c 0", "1 c 1", "2 c 2");
        assertThat(again).containsExactly("0", "1", "2");
        assertThat(live.get()).isEqualTo("2");
        time.advance(Duration.ofSeconds(5));
        assertThat(log.warnings())
                .hasSize(2)
                .anyMatch(line -> line.contains("threw java.lang.IllegalStateException"))
                .anyMatch(line -> line.contains("has been running for 5 s"));

        rotate("close");

        assertThatIllegalStateException().isThrownBy(live::get);
        assertThat(source.count("close")).isEqualTo(1);
        assertThat(log.warnings()).hasSize(2);
        assertThat(threads.left()).isEmpty();
    }

    private void subscribe() {
        live.subscribe(value -> {
            if (!value.equals("0")) {
                throw new IllegalStateException("nasty");
            }
        });
        live.subscribe(value -> {
            if (!value.equals("0")) {
                block();
            }
        });
        live.subscribe(value -> {
            if (!value.equals("close")) {
                live.subscribe(again::add).close();
            }
        });
        live.subscribe(value -> {
            if (!value.equals("close")) {
                String other = secrets.get("mem:cold-" + value).reveal();
                cold.add(value + " " + other + " " + secrets.get("mem:app").reveal());
            }
        });
        live.subscribe(value -> {
            if (value.equals("close")) {
                secrets.close();
            }
        });
        live.subscribe(told::add);
    }

    /** Until close interrupts it. */
    private void block() {
        try {
            boolean unused = time.await(new CompletableFuture<Void>(), time.after(Duration.ofDays(1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }
}
