package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A machine that pauses between two instructions, or has no memory for a timer. */
@Timeout(30)
class TroubledTimeTest {

    private static final Duration PAUSE = Duration.ofSeconds(3);

    private final FakeTime time = FakeTime.create();
    private final Troubled troubled = new Troubled();
    private final ScriptedSource source = new ScriptedSource();
    private final Secrets secrets =
            Secrets.builder().time(troubled).source("s", source).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    /** The fake time, with trouble. */
    private final class Troubled implements Timeline {

        private volatile boolean pausesBetweenTheClocks;
        private volatile boolean hasNoMemory;

        /** How much longer the machine has run than the fake time knows. */
        private volatile long paused;

        @Override
        public long nanos() {
            return time.nanos() + paused;
        }

        @Override
        public Instant now() {
            if (pausesBetweenTheClocks) {
                pausesBetweenTheClocks = false;
                paused = PAUSE.toNanos();
            }
            return time.now().plusNanos(paused);
        }

        @Override
        public Timer timer(String name, Runnable task) {
            Timer timer = time.timer(name, task);
            return new Timer() {
                @Override
                public void set(long atNanos) {
                    if (hasNoMemory) {
                        throw new OutOfMemoryError("planned by the test");
                    }
                    timer.set(atNanos - paused);
                }

                @Override
                public void close() {
                    timer.close();
                }
            };
        }

        @Override
        public boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
            return time.await(done, deadlineNanos - paused);
        }

        @Override
        public Runnable tracked(Runnable task) {
            return time.tracked(task);
        }
    }

    @Test
    @DisplayName("F18 a pause between a look at one clock and at the other is no jump of either")
    void aPauseBetweenTheClocksIsNoDrift() {
        for (int i = 0; i < 20; i++) {
            assertThat(secrets.live("s:app" + i).get()).isNotNull();
        }
        time.advance(Duration.ofSeconds(10));

        troubled.pausesBetweenTheClocks = true;
        time.advance(Duration.ofSeconds(20));

        assertThat(troubled.paused).isEqualTo(PAUSE.toNanos());
        assertThat(source.calls()).hasSize(20);
    }

    @Test
    @DisplayName("F45 an Error while a call is planned fails that reader and locks out nobody")
    void anErrorInPlanningLocksOutNobody() throws Exception {
        troubled.hasNoMemory = true;
        assertThatThrownBy(() -> secrets.get("s:app")).isInstanceOf(OutOfMemoryError.class);
        troubled.hasNoMemory = false;

        var next = new Stand.Reading(() -> secrets.get("s:app").reveal());

        assertThat(next.value()).isEqualTo("first");
    }
}
