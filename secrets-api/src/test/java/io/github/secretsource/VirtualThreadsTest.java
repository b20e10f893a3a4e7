package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SecretData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Readers on virtual threads; their executor by reflection, since this code is compiled for a JDK without them. */
@Timeout(60)
class VirtualThreadsTest {

    private static final int READERS = 10_000;
    private static final Duration LONGEST = Duration.ofMillis(20);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path temp;

    private final AtomicInteger calls = new AtomicInteger();
    private final CountDownLatch began = new CountDownLatch(READERS);
    private final CompletableFuture<Void> answer = new CompletableFuture<>();

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JDK has no virtual threads")
    @DisplayName("F51 10,000 virtual threads that wait for one secret pin no carrier and hold up no other reader")
    void tenThousandVirtualThreadsWaitTogether() throws Exception {
        var patient = RefreshPolicy.unset().withFetchDeadline(PATIENCE).withWaitDeadline(PATIENCE);
        try (var secrets = Secrets.builder()
                        .policy(patient)
                        .source("slow", (id, context) -> slowly())
                        .source("fast", (id, context) -> SecretData.of(SecretValue.of("fast")))
                        .build();
                var recording = new Recording()) {
            recording.enable("jdk.VirtualThreadPinned").withThreshold(LONGEST).withStackTrace();
            recording.start();
            ExecutorService virtual = virtualThreads();
            var readers = new ArrayList<Future<String>>();
            for (int i = 0; i < READERS; i++) {
                readers.add(virtual.submit(() -> {
                    began.countDown();
                    return secrets.get("slow:app").reveal();
                }));
            }
            assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();

            Future<String> another =
                    virtual.submit(() -> secrets.get("fast:app").reveal());
            assertThat(another.get(20, TimeUnit.SECONDS)).isEqualTo("fast");
            answer.complete(null);

            for (Future<String> reader : readers) {
                assertThat(reader.get(20, TimeUnit.SECONDS)).isEqualTo("slow");
            }
            virtual.shutdown();
            recording.stop();
            assertThat(calls).hasValue(1);
            assertThat(pinned(recording)).isEmpty();
        }
    }

    /** Answers when the test lets it, on a thread of the library. */
    private SecretData slowly() {
        calls.incrementAndGet();
        answer.join();
        return SecretData.of(SecretValue.of("slow"));
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    /** The long pins with code of this library on the stack. */
    private List<String> pinned(Recording recording) throws Exception {
        Path file = temp.resolve("pins.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
                .map(RecordedEvent::toString)
                .filter(event -> event.contains("io.github.secretsource"))
                .toList();
    }
}
