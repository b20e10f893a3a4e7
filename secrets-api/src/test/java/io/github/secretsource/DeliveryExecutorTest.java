package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The application's executor, and what happens when it fails. */
class DeliveryExecutorTest {

    private final FakeTime time = FakeTime.create();
    private final HintingSource source = HintingSource.local().put("app", "0");
    private final Secrets.Builder builder = Secrets.builder().time(time).source("mem", source);
    private final List<Secrets> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Secrets::close);
    }

    private LiveSecret<String> live(Secrets.Builder plan) {
        Secrets secrets = plan.build();
        opened.add(secrets);
        return secrets.live("mem:app", secret -> secret.value().reveal());
    }

    @Test
    void theApplicationsExecutorRunsLaterDeliveriesOnly() {
        var threads = new CopyOnWriteArrayList<String>();
        ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "application"));
        var done = new CompletableFuture<Void>();
        LiveSecret<String> live = live(builder.executor(pool));
        live.subscribe(value -> {
            threads.add(Thread.currentThread().getName());
            if (value.equals("1")) {
                done.complete(null);
            }
        });

        rotate("1");
        done.join();
        pool.shutdownNow();

        assertThat(threads).containsExactly(Thread.currentThread().getName(), "application");
    }

    @Test
    void anExecutorThatRunsInlineLetsNoConsumerHoldUpAnother() {
        var told = new CopyOnWriteArrayList<String>();
        var release = new CompletableFuture<Void>();
        LiveSecret<String> live = live(builder.executor(Runnable::run));
        live.subscribe(value -> {
            if (!value.equals("0")) {
                awaitFor(release);
            }
        });
        live.subscribe(told::add);

        rotate("1");
        rotate("2");
        String shown = live.get();
        release.complete(null);

        assertThat(shown).isEqualTo("2");
        assertThat(told).endsWith("2");
    }

    private void awaitFor(CompletableFuture<Void> release) {
        try {
            boolean unused = time.await(release, time.after(Duration.ofDays(1)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("F47 an executor that rejects is replaced by the library's threads")
    void anExecutorThatRejectsIsReplaced() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live(builder.executor(task -> {
            throw new RejectedExecutionException("full");
        }));
        live.subscribe(told::add);

        rotate("1");
        rotate("2");

        assertThat(told).containsExactly("0", "1", "2");
    }

    @Test
    @DisplayName("F47 an executor that is out of threads is replaced by the library's threads")
    void anExecutorThatIsOutOfThreadsIsReplaced() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live(builder.executor(task -> {
            throw new OutOfMemoryError("unable to create native thread");
        }));
        live.subscribe(told::add);

        rotate("1");

        assertThat(told).containsExactly("0", "1");
    }

    @Test
    @DisplayName("F47 an executor that drops what it accepted costs nobody a rotation")
    void anExecutorThatNeverRunsWhatItTookIsReplaced() {
        var told = new CopyOnWriteArrayList<String>();
        LiveSecret<String> live = live(builder.executor(task -> {}));
        live.subscribe(told::add);

        rotate("1");
        assertThat(told).containsExactly("0");
        time.advance(Duration.ofSeconds(5));
        assertThat(told).containsExactly("0", "1");
        rotate("2");
        time.advance(Duration.ofSeconds(5));

        assertThat(told).containsExactly("0", "1", "2");
    }

    @Test
    @DisplayName("F47 a run that the application's executor begins late is not run twice")
    void aLateRunIsNotASecondRun() {
        var told = new CopyOnWriteArrayList<String>();
        var late = new CopyOnWriteArrayList<Runnable>();
        Executor slow = late::add;
        LiveSecret<String> live = live(builder.executor(slow));
        live.subscribe(told::add);

        rotate("1");
        time.advance(Duration.ofSeconds(5));
        late.forEach(Runnable::run);

        assertThat(told).containsExactly("0", "1");
    }

    @Test
    void aDeliveryThatWaitsWhenTheSubscriptionIsClosedDoesNotCome() {
        var told = new CopyOnWriteArrayList<String>();
        var waiting = new CopyOnWriteArrayList<Runnable>();
        LiveSecret<String> live = live(builder.executor(waiting::add));
        Subscription subscription = live.subscribe(told::add);
        rotate("1");

        subscription.close();
        waiting.forEach(Runnable::run);

        assertThat(waiting).hasSize(1);
        assertThat(told).containsExactly("0");
    }

    private void rotate(String value) {
        source.rotate("app", value);
        time.advance(Duration.ofSeconds(1));
    }
}
