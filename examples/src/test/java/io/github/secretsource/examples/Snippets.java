package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** Compiles pieces of Java that stand in texts, with everything imported that a text may leave out. */
final class Snippets {

    private static final Pattern UNIT =
            Pattern.compile("(?m)^(?:@\\w+(?:\\(.*\\))?\\s+)*(?:public |final )*(?:class|record|interface) (\\w+)");
    private static final String IMPORTS = """
            import io.github.secretsource.*;
            import io.github.secretsource.micrometer.*;
            import io.github.secretsource.source.*;
            import io.github.secretsource.spi.*;
            import io.github.secretsource.test.*;
            import io.github.secretsource.view.*;
            import java.io.*;
            import java.net.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import javax.net.ssl.*;
            import org.junit.jupiter.api.*;
            """;

    private Snippets() {}

    /** The name of the type that a piece declares first, or an empty text if it is a row of statements. */
    static String declared(String code) {
        Matcher unit = UNIT.matcher(code);
        return unit.find() ? unit.group(1) : "";
    }

    static void compile(Path folder, String name, String code) throws IOException {
        Path source = Files.writeString(folder.resolve(name + ".java"), IMPORTS + code);
        var messages = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var options = List.of("-d", folder.toString(), "-proc:none", "-cp", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }
}
