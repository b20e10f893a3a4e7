package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.Canary;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads: how they are made, how many, and how they end. */
@Timeout(30)
class EngineThreadsTest {

    private static final int MOST = 4;

    private final Threads made = Threads.sinceNow();
    private final EngineThreads pool = new EngineThreads(Timeline.system(), "secretsource-test", MOST);

    @AfterEach
    void stop() {
        pool.stop();
        pool.join(Timeline.system().after(Duration.ofSeconds(1)));
    }

    @Test
    @DisplayName("L22 F50 threads are daemons with the library's class loader and nothing inherited")
    void inheritsNothingOfTheCaller() throws Exception {
        var inherited = new InheritableThreadLocal<String>();
        inherited.set("request of a user");
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(new ClassLoader() {});
        var seen = new CompletableFuture<String>();
        var thread = new CompletableFuture<Thread>();

        try {
            pool.execute(() -> {
                seen.complete(String.valueOf(inherited.get()));
                thread.complete(Thread.currentThread());
            });
            assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo("null");
        } finally {
            Thread.currentThread().setContextClassLoader(callers);
            inherited.remove();
        }

        assertThat(thread.join().isDaemon()).isTrue();
        assertThat(thread.join().getContextClassLoader()).isSameAs(EngineThreads.class.getClassLoader());
        assertThat(thread.join().getName()).startsWith("secretsource-test-");
    }

    @Test
    void anIdleThreadTakesTheNextTask() throws Exception {
        Set<Thread> used = ConcurrentHashMap.newKeySet();

        for (int i = 0; i < 100; i++) {
            var done = new CompletableFuture<Void>();
            pool.execute(() -> {
                used.add(Thread.currentThread());
                done.complete(null);
            });
            done.get(5, TimeUnit.SECONDS);
            awaitIdle(used);
        }

        assertThat(used).hasSize(1);
    }

    private static void awaitIdle(Set<Thread> used) {
        while (used.stream().anyMatch(thread -> thread.getState() == Thread.State.RUNNABLE)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void startsThreadsUpToTheBoundAndThenQueues() throws Exception {
        var release = new CountDownLatch(1);
        var running = new CountDownLatch(MOST);
        var done = new CountDownLatch(20);

        for (int i = 0; i < 20; i++) {
            pool.execute(() -> {
                running.countDown();
                awaitUninterrupted(release);
                done.countDown();
            });
        }

        assertThat(running.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(made.ours()).hasSize(MOST);
        release.countDown();
        assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(made.ours().size()).isLessThanOrEqualTo(MOST);
        assertThat(pool.dropped()).isZero();
    }

    @Test
    void aFullQueueDropsAndCounts() {
        var release = new CountDownLatch(1);
        var ran = new AtomicInteger();
        var bounded = new EngineThreads(Timeline.system(), "secretsource-bounded", 1, 10);
        bounded.execute(() -> awaitUninterrupted(release));

        for (int i = 0; i < 15; i++) {
            bounded.execute(ran::incrementAndGet);
        }

        assertThat(bounded.dropped()).isEqualTo(5);
        release.countDown();
        bounded.finish();
        bounded.join(Timeline.system().after(Duration.ofSeconds(5)));
        assertThat(ran).hasValue(10);
    }

    @Test
    void losesNoTaskWhileThreadsComeAndGo() throws Exception {
        var single = new EngineThreads(Timeline.system(), "secretsource-single", 1);
        int tasks = 4 * 20_000;
        var done = new CountDownLatch(tasks);

        for (int i = 0; i < 4; i++) {
            Thread unused = EngineThreads.start("secretsource-submitter-" + i, () -> {
                for (int j = 0; j < tasks / 4; j++) {
                    single.execute(done::countDown);
                }
            });
        }

        assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
        single.stop();
    }

    @Test
    void nothingRunsAfterStop() throws Exception {
        var ran = new AtomicInteger();
        pool.stop();

        pool.execute(ran::incrementAndGet);
        pool.executeUntracked(ran::incrementAndGet);
        pool.join(Timeline.system().after(Duration.ofSeconds(1)));

        assertThat(ran).hasValue(0);
        assertThat(pool.alive()).isEmpty();
    }

    @Test
    void waitsForAThreadThroughInterrupts() {
        var release = new CountDownLatch(1);
        pool.execute(() -> awaitUninterrupted(release));
        Thread unused = EngineThreads.start("secretsource-release", release::countDown);

        Thread.currentThread().interrupt();
        pool.stop();
        pool.join(Timeline.system().after(Duration.ofSeconds(5)));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(pool.alive()).isEmpty();
    }

    @Test
    @DisplayName("L7 a task that throws ends its thread with one line that holds no message")
    void printsNothingOfWhatATaskThrows() throws Exception {
        var canary = Canary.next();
        var printed = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        CapturedLog log = CapturedLog.start();
        try {
            var thread = new CompletableFuture<Thread>();
            pool.execute(() -> {
                thread.complete(Thread.currentThread());
                throw new IllegalStateException(canary.value());
            });
            thread.get(5, TimeUnit.SECONDS).join();
        } finally {
            log.close();
            System.setErr(before);
        }

        assertThat(canary.findIn(printed.toString(StandardCharsets.UTF_8))).isEmpty();
        assertThat(canary.findIn(log.text())).isEmpty();
        assertThat(log.warnings()).containsExactly("secretsource-test-1 ended with java.lang.IllegalStateException");
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        boolean again = true;
        while (again) {
            try {
                latch.await();
                again = false;
            } catch (InterruptedException e) {
                // Goes on waiting, as a client that ignores interrupts does.
            }
        }
    }
}
