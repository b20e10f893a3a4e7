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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the first value of a configured program does not pay for. */
class ConfiguredStartUpTest {

    @TempDir
    Path folder;

    @Test
    void theFirstValueLoadsNoLoggerUnlessASecretStandsInTheConfiguration() throws Exception {
        assertThat(loggersLoadedWith("harmless")).isEmpty();
        assertThat(loggersLoadedWith("https://app:opensesame@db")).isNotEmpty();
    }

    private List<String> loggersLoadedWith(String prefix) throws Exception {
        var volume = KubeletVolume.create(folder.resolve("db"));
        boolean first = volume.writeText(Map.of("password", "twelve chars"));
        Path log = folder.resolve(first ? "first.log" : "second.log");
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classes = String.join(File.pathSeparator, whereIs(Secrets.class), whereIs(ConfiguredProgram.class));
        var tracing = "-Xlog:class+load:file=" + log + ":none";
        Process child = new ProcessBuilder(
                        java,
                        tracing,
                        "-cp",
                        classes,
                        ConfiguredProgram.class.getName(),
                        volume.folder().toString(),
                        prefix)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(printed).isEqualTo("12");
        return Files.readAllLines(log).stream()
                .map(line -> line.split(" ", 2)[0])
                .filter(name -> name.startsWith("java.util.logging") || name.startsWith("java.lang.System$Logger"))
                .toList();
    }

    private static String whereIs(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
