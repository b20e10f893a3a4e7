package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretValue;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Compiles and runs every block of Java in the documents: statements in a method that has {@code pool} at hand, tests as
 * a build runs them, other classes by their main method. The folder {@code /etc/secrets} of the text is a temporary one with the volume db and the file
 * token. Public, since the blocks call {@link Pool}.
 */
public class DocumentsTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern BLOCK = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    /** What the documents call a pool. */
    public static final class Pool {

        private String user = "";

        /** Takes a pair. */
        public void use(String newUser, SecretValue password) {
            user = newUser;
        }

        String user() {
            return user;
        }
    }

    private record Block(String name, String code) {}

    @Test
    void theReadmeShowsCodeInItsFirstLines() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("README.md"));

        assertThat(lines.size()).isLessThanOrEqualTo(120);
        assertThat(lines.indexOf("```java")).isBetween(0, 24);
    }

    @TestFactory
    Stream<DynamicTest> compilesAndRuns() throws IOException {
        return blocks().stream().map(block -> DynamicTest.dynamicTest(block.name(), () -> compileAndRun(block)));
    }

    private static List<Block> blocks() throws IOException {
        var blocks = new ArrayList<Block>();
        for (Path page : pages()) {
            Matcher matcher = BLOCK.matcher(Files.readString(page));
            while (matcher.find()) {
                blocks.add(new Block(ROOT.relativize(page) + " " + (blocks.size() + 1), matcher.group(1)));
            }
        }
        assertThat(blocks).as("blocks of Java in the documents").hasSizeGreaterThan(3);
        return blocks;
    }

    private static List<Path> pages() throws IOException {
        var pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private void compileAndRun(Block block) throws Exception {
        String declared = Snippets.declared(block.code());
        boolean whole = !declared.isEmpty();
        String name = whole ? declared : "Document";
        String code =
                block.code().replace("/etc/secrets", folder.resolve("mounts").toString());
        Snippets.compile(folder, name, whole ? code : wrapped(code));
        volumes();
        try (var loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> document = loader.loadClass(name);
            if (block.code().contains("@Test") || block.code().contains("SecretSourceContract")) {
                test(document);
            } else if (whole) {
                call(document, "main", String[].class, new String[0]);
            } else {
                var pool = new Pool();
                call(document, "run", Pool.class, pool);
                assertThat(pool.user()).isEqualTo(block.code().contains("pool.use") ? "reader" : "");
            }
        }
    }

    private static String wrapped(String code) {
        return "public class Document { public static void run(" + Pool.class.getCanonicalName()
                + " pool) throws Exception {\n" + code + "\n} }";
    }

    /** Runs a class of tests as a build would: none fails, and there are some. */
    private static void test(Class<?> tests) {
        var summary = new SummaryGeneratingListener();
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(tests))
                .build();
        LauncherFactory.create().execute(request, summary);
        var failures = summary.getSummary().getFailures().stream()
                .map(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                .toList();
        assertThat(failures).isEmpty();
        assertThat(summary.getSummary().getTestsSucceededCount()).isPositive();
    }

    private static void call(Class<?> document, String method, Class<?> type, Object argument) throws Exception {
        var called = document.getDeclaredMethod(method, type);
        called.setAccessible(true);
        try {
            called.invoke(null, argument);
        } catch (InvocationTargetException e) {
            throw new AssertionError("the block throws", e.getCause());
        }
    }

    private void volumes() throws IOException {
        Path mounts = Files.createDirectories(folder.resolve("mounts"));
        var fields = Map.of("username", "reader", "password", "made up", "api-key", "made up");
        boolean unused = KubeletVolume.create(mounts.resolve("db")).writeText(fields);
        Files.writeString(mounts.resolve("token"), "made up");
    }
}
