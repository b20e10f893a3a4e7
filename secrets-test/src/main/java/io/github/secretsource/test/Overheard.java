package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Objects;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * All that the program prints and logs while this is open, at every level, and what is noted besides. What is printed
 * still comes out. Safe for concurrent use; one at a time.
 */
final class Overheard implements AutoCloseable {

    private static final Logger ROOT = Logger.getLogger("");

    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final PrintStream notes = new PrintStream(heard, true, UTF_8);
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final @Nullable Level level = ROOT.getLevel();
    private final Handler handler = new Listener();

    private Overheard() {}

    static Overheard begin() {
        var overheard = new Overheard();
        System.setOut(overheard.alsoTo(overheard.out));
        System.setErr(overheard.alsoTo(overheard.err));
        ROOT.setLevel(Level.ALL);
        ROOT.addHandler(overheard.handler);
        return overheard;
    }

    private PrintStream alsoTo(PrintStream usual) {
        return new PrintStream(new Both(usual), true, UTF_8);
    }

    /** Notes what a thing prints of itself. */
    void note(@Nullable Object said) {
        notes.println(said);
    }

    /** Notes all that an exception prints: its message and stack, its causes and what it suppressed. */
    void noteThrown(@Nullable Throwable thrown) {
        if (thrown != null) {
            var printed = new StringWriter();
            thrown.printStackTrace(new PrintWriter(printed));
            note(printed);
        }
    }

    /** Notes the names of all threads. */
    void noteThreads() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            note(thread.getName());
        }
    }

    String text() {
        return heard.toString(UTF_8);
    }

    @Override
    public void close() {
        System.setOut(out);
        System.setErr(err);
        ROOT.removeHandler(handler);
        ROOT.setLevel(level);
    }

    /** What is printed, to where it went before and to the notes. */
    private final class Both extends OutputStream {

        private final PrintStream usual;

        Both(PrintStream usual) {
            this.usual = usual;
        }

        @Override
        public void write(int octet) {
            usual.write(octet);
            heard.write(octet);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            usual.write(bytes, from, length);
            heard.write(bytes, from, length);
        }

        @Override
        public void flush() {
            usual.flush();
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
                note(parameter);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
