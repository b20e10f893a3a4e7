package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No room for file watches: the exception is the JDK's, thrown by a stand-in for the system. */
@Timeout(30)
class VolumeExhaustionTest {

    /** Kept here because the logging system itself forgets loggers that nobody holds. */
    private static final Logger LOGGER = Logger.getLogger(MountedVolumes.class.getName());

    @TempDir
    Path temp;

    private final VolumeContext context = new VolumeContext();
    private final Hints hints = new Hints();
    private final Log log = new Log();
    private final AtomicBoolean full = new AtomicBoolean(true);
    private final AtomicInteger attempts = new AtomicInteger();
    private MountedVolumes volumes;
    private KubeletVolume volume;

    @BeforeEach
    void start() throws IOException {
        LOGGER.addHandler(log);
        LOGGER.setUseParentHandlers(false);
        volume = KubeletVolume.create(temp.resolve("db"));
        volume.writeText(Map.of("password", "1"));
        volumes = MountedVolumes.builder().root(temp).events(this::open).build();
        volumes.start(context);
    }

    private Optional<WatchService> open() throws IOException {
        attempts.incrementAndGet();
        if (full.get()) {
            throw new IOException("User limit of inotify instances reached or too many open files");
        }
        return Optional.of(FileSystems.getDefault().newWatchService());
    }

    @AfterEach
    void close() {
        volumes.close();
        context.close();
        LOGGER.removeHandler(log);
        LOGGER.setUseParentHandlers(true);
    }

    @Test
    @DisplayName("F36 without room for watches the poll goes on, one WARN names the settings, and a diagnosis says so")
    void pollsAndWarnsOnce() throws IOException {
        volumes.watch(id("db"), hints);
        volume.writeText(Map.of("password", "2"));
        context.second();

        assertThat(hints.taken()).isPositive();
        for (int second = 0; second < 200; second++) {
            context.second();
        }
        assertThat(log.lines())
                .singleElement()
                .asString()
                .startsWith("WARNING source 'file'")
                .contains("fs.inotify.max_user_instances", "fs.inotify.max_user_watches");
        assertThat(attempts.get()).isBetween(2, 5); // once a minute
        assertThat(volumes.diagnose(Set.of(id("db"))))
                .extracting(Diagnosis::finding)
                .singleElement()
                .asString()
                .contains("is polled once a second");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F36 when there is room again, events come back within a minute")
    void eventsComeBack() throws Exception {
        volumes.watch(id("db"), hints);
        full.set(false);
        context.second();
        assertThat(attempts).hasValue(1);

        context.time.advance(Duration.ofMinutes(1));
        context.second();
        assertThat(hints.arrive()).isTrue();
        volume.writeText(Map.of("password", "2"));

        assertThat(hints.arrive()).isTrue();
        assertThat(volumes.diagnose(Set.of(id("db")))).allMatch(Diagnosis::isHealthy);
    }

    /** What was logged, as level and message. */
    private static final class Log extends Handler {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        List<String> lines() {
            return lines;
        }

        @Override
        public void publish(LogRecord line) {
            lines.add(line.getLevel() + " " + java.text.MessageFormat.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
