package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.KubeletVolume;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream before = System.out;

    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setOut(before);
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void showsTheNewPairWithItsLatencyAndNoSecret() throws Exception {
        Quickstart.main(new String[0]);

        assertThat(printed())
                .contains("file:orders-db#password", "env:PATH", "mem:api-key", "SecretValue[***]")
                .containsPattern("logs in as orders-2, \\d+\\.\\d ms after the rotation")
                .doesNotContain("CANARY");
    }

    @Test
    void followsAMountWithALineNowAndOnePerRotation() throws Exception {
        var volume = KubeletVolume.create(folder.resolve("mount"));
        volume.writeText(Map.of("password", "first"));
        var follower = new Thread(() -> follow(volume.folder()), "follower");
        follower.start();
        await(text -> lines(text) == 1);

        volume.writeText(Map.of("password", "second", "username", "new"));
        await(text -> lines(text) == 2);
        follower.interrupt();
        follower.join(TimeUnit.SECONDS.toMillis(10));

        assertThat(follower.isAlive()).isFalse();
        assertThat(printed().lines().toList().get(0)).contains("version ..2", "[password]");
        assertThat(printed().lines().toList().get(1)).contains("[password, username]");
        assertThat(printed()).doesNotContain("first").doesNotContain("second");
    }

    private static void follow(Path mount) {
        try {
            Quickstart.main(new String[] {mount.toString()});
        } catch (Exception e) {
            // Interrupted, as a person does it with Ctrl-C.
            Thread.currentThread().interrupt();
        }
    }

    private static long lines(String text) {
        return text.lines().count();
    }

    private void await(Predicate<String> seen) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!seen.test(printed())) {
            assertThat(System.nanoTime()).as("in time: %s", printed()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
