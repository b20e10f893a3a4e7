package io.github.secretsource;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Every line that anything logs at any level, until closed; for tests, also of other packages. */
public final class CapturedLog extends Handler {

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger("io.github.secretsource");
    private final Level before = root.getLevel();
    private final Level oursBefore = ours.getLevel();

    private CapturedLog() {
        setLevel(Level.ALL);
    }

    public static CapturedLog start() {
        var log = new CapturedLog();
        log.root.addHandler(log);
        log.ours.setLevel(Level.ALL);
        return log;
    }

    /** One that also sees what the platform and the libraries log. */
    public static CapturedLog ofEverything() {
        CapturedLog log = start();
        log.root.setLevel(Level.ALL);
        return log;
    }

    /** The warnings of this library, in order. */
    public List<String> warnings() {
        return records.stream()
                .filter(line -> line.getLoggerName().startsWith("io.github.secretsource"))
                .filter(line -> line.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogRecord::getMessage)
                .toList();
    }

    /** All that was logged, with what belongs to each line. */
    public String text() {
        var text = new StringBuilder();
        for (LogRecord line : records) {
            text.append(line.getLoggerName()).append(' ').append(line.getMessage());
            if (line.getThrown() != null) {
                text.append(TestSecrets.printed(line.getThrown()));
            }
            for (Object parameter : line.getParameters() == null ? new Object[0] : line.getParameters()) {
                text.append(parameter);
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Override
    public void publish(LogRecord line) {
        records.add(line);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        root.removeHandler(this);
        root.setLevel(before);
        ours.setLevel(oursBefore);
    }
}
