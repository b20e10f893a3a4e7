package io.github.secretsource.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.secretsource.servers.openbao.OpenBao;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** What becomes of tests whose server is not installed, in a JVM of its own, since the environment decides it. */
@EnabledOnOs(OS.LINUX)
class MissingServerTest {
    @TempDir
    Path nothingInstalled;

    @Test
    void skipsItsTestsWithOneLoudLine() throws Exception {
        List<String> lines = run("");

        assertThat(lines).contains("skipped 2, failed 0, succeeded 0");
        assertThat(lines)
                .filteredOn(line -> line.startsWith("SKIPPED"))
                .singleElement()
                .asString()
                .contains("no openbao: it is not installed; run servers/install openbao");
    }

    @Test
    void failsThemInCi() throws Exception {
        assertThat(run("true"))
                .contains("skipped 0, failed 2, succeeded 0")
                .noneMatch(line -> line.startsWith("SKIPPED"));
    }

    private List<String> run(String ci) throws Exception {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true);
        builder.environment().put("SECRETSOURCE_SERVERS", nothingInstalled.toString());
        builder.environment().remove("CI");
        if (!ci.isEmpty()) {
            builder.environment().put("CI", ci);
        }
        Process program = builder.start();
        return new String(program.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
    }

    /** Runs the tests of two classes and says what became of them. */
    static final class Program {
        public static void main(String[] arguments) {
            var summary = new SummaryGeneratingListener();
            var classes = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(ByConstructor.class), selectClass(ByMethod.class))
                    .build();
            LauncherFactory.create().execute(classes, summary);
            var result = summary.getSummary();
            System.out.println("skipped " + result.getTestsSkippedCount() + ", failed " + result.getTotalFailureCount()
                    + ", succeeded " + result.getTestsSucceededCount());
        }
    }

    @WithServers
    static class ByConstructor {
        ByConstructor(OpenBao bao) {
            assertThat(bao).isNotNull();
        }

        @Test
        void runs() {}
    }

    @WithServers
    static class ByMethod {
        @Test
        void runs(OpenBao bao) {
            assertThat(bao).isNotNull();
        }
    }
}
