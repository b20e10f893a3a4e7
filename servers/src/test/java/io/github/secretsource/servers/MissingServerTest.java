package io.github.secretsource.servers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.secretsource.servers.kubernetes.Kubernetes;
import io.github.secretsource.servers.openbao.OpenBao;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * What becomes of tests whose server is not installed, or is one that runs elsewhere, in a JVM of its own, since the
 * environment and properties decide it.
 */
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

    @Test
    void saysWhatIsMissingToLookForOne() throws Exception {
        for (String tool : List.of("bash", "dirname")) {
            Files.createSymbolicLink(nothingInstalled.resolve(tool), which(tool));
        }
        ProcessBuilder program = program(List.of(), ByOther.class);
        program.environment().put("PATH", nothingInstalled.toString());

        assertThat(run(program))
                .filteredOn(line -> line.startsWith("SKIPPED"))
                .singleElement()
                .asString()
                .contains("no kubernetes: go is missing");
    }

    private static Path which(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void skipsWhatNeedsTheProcessOfAServerThatAPropertyNames() throws Exception {
        List<String> named = List.of("-Dservers.openbao=http://127.0.0.1:1", "-Dservers.openbao.token=root");

        assertThat(run(program(named, TlsByConstructor.class, KillByMethod.class)))
                .contains("skipped 2, failed 0, succeeded 0");
    }

    @Test
    void failsWhatTheCodeUnderTestDoesNotSupport() throws Exception {
        List<String> named = List.of("-Dservers.openbao=http://127.0.0.1:1", "-Dservers.openbao.token=root");

        assertThat(run(program(named, Unsupported.class))).contains("skipped 0, failed 1, succeeded 0");
    }

    private List<String> run(String ci) throws Exception {
        ProcessBuilder program = program(List.of(), ByConstructor.class, ByMethod.class);
        if (!ci.isEmpty()) {
            program.environment().put("CI", ci);
        }
        return run(program);
    }

    /** With an empty folder of installed servers, outside of CI. */
    private ProcessBuilder program(List<String> options, Class<?>... tests) {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Program.class.getName()));
        Stream.of(tests).map(Class::getName).forEach(command::add);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SECRETSOURCE_SERVERS", nothingInstalled.toString());
        builder.environment().remove("CI");
        return builder;
    }

    private static List<String> run(ProcessBuilder builder) throws IOException {
        Process program = builder.start();
        return new String(program.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
    }

    /** Runs the tests of the classes that it is given and says what became of them. */
    static final class Program {
        public static void main(String[] arguments) {
            var summary = new SummaryGeneratingListener();
            var classes = LauncherDiscoveryRequestBuilder.request()
                    .selectors(
                            Stream.of(arguments).map(name -> selectClass(name)).toList())
                    .build();
            LauncherFactory.create().execute(classes, summary);
            var result = summary.getSummary();
            System.out.println("skipped " + (result.getTestsSkippedCount() + result.getTestsAbortedCount())
                    + ", failed " + result.getTotalFailureCount() + ", succeeded " + result.getTestsSucceededCount());
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
    static class ByOther {
        @Test
        void runs(Kubernetes kubernetes) {
            assertThat(kubernetes).isNotNull();
        }
    }

    @WithServers
    static class TlsByConstructor {
        TlsByConstructor(OpenBao bao) {
            assertThat(bao.tlsAddress()).isNotNull();
        }

        @Test
        void runs() {}
    }

    @WithServers
    static class KillByMethod {
        @Test
        void runs(OpenBao bao) {
            bao.kill();
        }
    }

    @WithServers
    static class Unsupported {
        @Test
        void runs(OpenBao bao) {
            assertThat(bao).isNotNull();
            throw new UnsupportedOperationException("of the code under test");
        }
    }

    @WithServers
    static class ByMethod {
        @Test
        void runs(OpenBao bao) {
            assertThat(bao).isNotNull();
        }
    }
}
