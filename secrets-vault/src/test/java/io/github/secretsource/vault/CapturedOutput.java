package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;

/**
 * All that is printed and logged while this is open, the loggers of the JDK's own HTTP code included, at every level. Safe
 * for concurrent use; one at a time.
 */
final class CapturedOutput implements AutoCloseable {
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final PrintStream notes = new PrintStream(heard, true, UTF_8);
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final Handler handler = new Listener();

    /** Kept: the JDK forgets loggers that nobody refers to, and their levels with them. */
    private final List<Logger> loggers = Stream.of(
                    "",
                    "sun.net.www.protocol.http.HttpURLConnection",
                    "sun.net.www.http.HttpClient",
                    "jdk.httpclient.HttpClient",
                    "jdk.internal.httpclient.debug",
                    "javax.net.ssl",
                    "com.bettercloud.vault")
            .map(Logger::getLogger)
            .toList();

    private final List<Level> levels = loggers.stream()
            .map(Logger::getLevel)
            .map(level -> level == null ? Level.INFO : level)
            .toList();

    CapturedOutput() {
        System.setOut(notes);
        System.setErr(notes);
        loggers.forEach(logger -> logger.setLevel(Level.ALL));
        loggers.get(0).addHandler(handler);
    }

    void note(Object said) {
        notes.println(said);
    }

    void noteThrown(Throwable thrown) {
        var printed = new StringWriter();
        thrown.printStackTrace(new PrintWriter(printed));
        note(printed);
    }

    String text() {
        return heard.toString(UTF_8);
    }

    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
        loggers.get(0).removeHandler(handler);
        for (int at = 0; at < loggers.size(); at++) {
            loggers.get(at).setLevel(at == 0 ? levels.get(at) : null);
        }
    }

    /** What is logged, formatted as usual, with its parameters whether the message names them or not. */
    private final class Listener extends Handler {
        private final Formatter formatter = new SimpleFormatter();

        Listener() {
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord logged) {
            note(formatter.format(logged));
            for (Object parameter : Objects.requireNonNullElse(logged.getParameters(), new Object[0])) {
                note(String.valueOf(parameter));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
