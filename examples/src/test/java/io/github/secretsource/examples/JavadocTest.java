package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.FakeTime;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Compiles every example of Java in the Javadoc of the library. Public, as what it declares is used by them. */
public class JavadocTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\R(.*?)\\}</pre>", Pattern.DOTALL);

    @TempDir
    Path folder;

    /** What the examples have at hand; a local variable of the same name hides it. */
    @SuppressWarnings("NullAway")
    public abstract static class Names {

        /** An opened library. */
        protected Secrets secrets;

        /** Something that takes a pair. */
        protected DocumentsTest.Pool pool;

        /** Somebody who logs in. */
        protected Client client;

        /** Where meters go. */
        protected MeterRegistry registry;

        /** Sources. */
        protected SecretSource vault;

        /** Sources. */
        protected SecretSource east;

        /** Sources. */
        protected SecretSource west;

        /** Somebody who signs. */
        protected SshAgent ssh;

        /** Connects with a pair. */
        protected void connect(String user, SecretValue password) {}

        /** A source of a test. */
        protected InMemorySecrets mem;

        /** Time of a test. */
        protected FakeTime time;
    }

    /** A pool that follows a password. */
    public static final class Pool implements AutoCloseable {

        /** Begins with one. */
        public Pool(LiveSecret<SecretValue> password) {
            assertThat(password).isNotNull();
        }

        /** What it logs in with. */
        public String password() {
            return "";
        }

        @Override
        public void close() {}
    }

    /** A store of somebody else. */
    public record RedisServer(URI uri) implements AutoCloseable {

        /** Starts one. */
        public static RedisServer start() {
            return new RedisServer(URI.create("redis://localhost"));
        }

        /** Writes fields. */
        public void hset(String path, Map<String, String> fields) {}

        /** Deletes. */
        public void del(String path) {}

        @Override
        public void close() {}
    }

    /** A source of somebody else. */
    public record RedisSource(URI uri) {

        /** Makes one. */
        public static SecretSource of(URI uri) {
            return (id, context) -> SecretData.of(SecretValue.of(uri.toString()));
        }
    }

    /** Somebody who signs. */
    public interface SshAgent {

        /** Takes a key. */
        boolean addIdentity(byte[] pem);
    }

    /** Somebody who logs in. */
    public interface Client {

        /** Logs in with a token. */
        boolean login(char[] token);
    }

    @TestFactory
    Stream<DynamicTest> compiles() throws IOException {
        var examples = new ArrayList<DynamicTest>();
        for (Path source : sources()) {
            Matcher matcher = EXAMPLE.matcher(Files.readString(source));
            while (matcher.find()) {
                String code = matcher.group(1).replaceAll("(?m)^ *\\* ?", "");
                if (code.contains(";")) {
                    examples.add(DynamicTest.dynamicTest(source.getFileName().toString(), () -> compile(code)));
                }
            }
        }
        assertThat(examples).hasSizeGreaterThan(15);
        return examples.stream();
    }

    private static List<Path> sources() throws IOException {
        var sources = new ArrayList<Path>();
        for (String module : List.of("secrets-api", "secrets-test", "secrets-micrometer")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
            }
        }
        return sources;
    }

    private void compile(String code) throws IOException {
        String declared = Snippets.declared(code);
        if (declared.isEmpty()) {
            Snippets.compile(
                    folder,
                    "Example",
                    "abstract class Example extends " + Names.class.getCanonicalName()
                            + " { void run() throws Exception {\n" + code + "\n} }");
        } else {
            Snippets.compile(
                    folder,
                    declared,
                    "import io.github.secretsource.examples.JavadocTest.*;\nimport static org.junit.jupiter.api.Assertions.*;\n"
                            + code);
        }
    }
}
