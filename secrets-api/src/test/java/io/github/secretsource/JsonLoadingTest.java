package io.github.secretsource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In a JVM of its own, since this one has loaded nearly everything. */
class JsonLoadingTest {

    @Test
    void loadsNoJsonLibraryForValuesAndPlainFields() throws Exception {
        assertThat(classesLoadedBy("plain"))
                .contains("io.github.secretsource.Secret")
                .doesNotContain("jakarta.json");
    }

    @Test
    void loadsTheJsonLibraryForAFieldOfAnObject() throws Exception {
        assertThat(classesLoadedBy("json")).contains("jakarta.json");
    }

    private static String classesLoadedBy(String kind) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var child = new ProcessBuilder(
                        java,
                        "-Xshare:auto",
                        "-Xlog:class+load:stdout",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        kind)
                .redirectErrorStream(true)
                .start();
        String out = new String(child.getInputStream().readAllBytes(), UTF_8);
        assertThat(child.waitFor()).isZero();
        return out;
    }

    /** Reads fields. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            if (args[0].equals("json")) {
                TestSecrets.whole("{\"a\":1}").field("a");
                return;
            }
            TestSecrets.whole("token").value();
            TestSecrets.whole("token").findField("a");
            TestSecrets.fields(Map.of("a", "x")).field("a");
            TestSecrets.fields(Map.of("a", "x")).narrowedTo(SecretRef.parse("mem:app#a"));
        }
    }
}
