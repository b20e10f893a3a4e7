package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.test.KubeletVolume;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first value of a file-only program does not pay for. */
class StartUpTest {

    @TempDir
    Path folder;

    @Test
    void theFirstValueLoadsNoCacheNoJsonNoLoggerAndNoLambda() throws Exception {
        var volume = KubeletVolume.create(folder.resolve("db"));
        volume.writeText(Map.of("password", "twelve chars"));

        List<String> loaded = classesLoadedBy(volume.folder());

        assertThat(loaded).contains("io.github.secretsource.source.MountedVolumes");
        assertThat(loaded)
                .noneMatch(name -> name.contains("caffeine"))
                .noneMatch(name -> name.startsWith("jakarta.json") || name.contains("parsson"))
                .noneMatch(name -> name.startsWith("java.util.logging") || name.startsWith("jdk.internal.logger"))
                .noneMatch(name -> name.startsWith("java.lang.System$Logger"))
                .noneMatch(name -> name.startsWith("io.github.secretsource") && name.contains("$$Lambda"));
    }

    private List<String> classesLoadedBy(Path mount) throws Exception {
        Path log = folder.resolve("classes.log");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = String.join(File.pathSeparator, whereIs(Secrets.class), whereIs(FileProgram.class));
        var tracing = "-Xlog:class+load:file=" + log + ":none";
        Process child = new ProcessBuilder(java, tracing, "-cp", classes, FileProgram.class.getName(), mount.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(printed).isEqualTo("12");
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(line -> line.split(" ", 2)[0]).toList();
        }
    }

    private static String whereIs(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
