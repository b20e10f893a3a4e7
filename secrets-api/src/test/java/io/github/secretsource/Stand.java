package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Secrets with one scripted source named {@code s}, on fake time. Threads of tests that wait are counted. */
final class Stand implements AutoCloseable {

    static final String APP = "s:app";
    static final Duration INTERVAL = Duration.ofMinutes(5);
    static final Duration MAX_STALE = Duration.ofHours(1);

    final FakeTime time = FakeTime.create();
    final ScriptedSource source;
    final Secrets secrets;
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();
    private final Semaphore waiting = new Semaphore(0);

    Stand() {
        this(RefreshPolicy.unset());
    }

    Stand(RefreshPolicy policy) {
        this(policy, SourceTraits.defaults());
    }

    Stand(RefreshPolicy policy, SourceTraits traits) {
        source = new ScriptedSource().with(traits);
        secrets = Secrets.builder()
                .time(new Counting())
                .source("s", source, policy)
                .listener(events::add)
                .build();
    }

    String read() {
        return secrets.get(APP).reveal();
    }

    SecretException refused() {
        return catchThrowableOfType(SecretException.class, this::read);
    }

    static SecretException refusal(LiveSecret<?> handle) {
        return catchThrowableOfType(SecretException.class, handle::get);
    }

    /** Starts threads that each read one reference. */
    List<Reading> readings(int count, String ref) {
        var readings = new ArrayList<Reading>();
        for (int i = 0; i < count; i++) {
            readings.add(new Reading(() -> secrets.get(ref).reveal()));
        }
        return readings;
    }

    Reading reading(String ref) {
        return readings(1, ref).get(0);
    }

    /** Returns when so many more threads wait for the library. */
    void untilWaiting(int count) throws InterruptedException {
        assertThat(waiting.tryAcquire(count, 20, TimeUnit.SECONDS))
                .as("%s threads wait", count)
                .isTrue();
    }

    /** Returns when a reading whose time is over knows it: its thread may set its alarm after that moment has passed. */
    void untilOver(Reading reading) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (!reading.isOver()) {
                time.settle();
            }
        });
    }

    /** What happened so far, but for calls and handles. */
    <E extends SecretEvent> List<E> events(Class<E> kind) {
        time.settle();
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    SecretStatus status() {
        return secrets.statuses().stream()
                .filter(status -> status.id().path().equals("app"))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        secrets.close();
    }

    /** A thread that reads, and what came of it. */
    static final class Reading {

        private final CompletableFuture<String> outcome = new CompletableFuture<>();
        private volatile boolean interruptedAtEnd;
        private final Thread thread;

        Reading(Supplier<String> read) {
            thread = new Thread(() -> {
                try {
                    outcome.complete(read.get());
                } catch (Throwable e) {
                    interruptedAtEnd = Thread.currentThread().isInterrupted();
                    outcome.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isOver() {
            return outcome.isDone();
        }

        boolean keptItsInterrupt() {
            return interruptedAtEnd;
        }

        String value() throws Exception {
            return outcome.get(20, TimeUnit.SECONDS);
        }

        Throwable failure() {
            return catchThrowableOfType(ExecutionException.class, this::value).getCause();
        }
    }

    /** The fake time, counting threads of tests as they begin to wait. */
    private final class Counting implements Timeline {

        @Override
        public long nanos() {
            return time.nanos();
        }

        @Override
        public Instant now() {
            return time.now();
        }

        @Override
        public Timer timer(String name, Runnable task) {
            return time.timer(name, task);
        }

        @Override
        public boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
            if (!Thread.currentThread().getName().startsWith("secretsource-")) {
                waiting.release();
            }
            return time.await(done, deadlineNanos);
        }

        @Override
        public Runnable tracked(Runnable task) {
            return time.tracked(task);
        }
    }
}
