package io.github.secretsource.servers.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A child process that ends with this JVM, however the JVM ends: it runs below {@code servers/guard}, which ends it when
 * the pipe between them closes. Safe for concurrent use.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int SHOWN_LINES = 20;

    private final Process guard;
    private final long pid;
    private final Path log;
    private final String signal;

    private ServerProcess(Process guard, long pid, Path log, String signal) {
        this.guard = guard;
        this.pid = pid;
        this.log = log;
        this.signal = signal;
    }

    /**
     * Starts a process that SIGTERM ends.
     *
     * @param log where its output goes, behind what is there
     * @param environment what is added to this JVM's
     * @param command the program and its arguments
     * @return the process; it need not be ready
     */
    public static ServerProcess start(Path log, Map<String, String> environment, List<String> command) {
        return start(log, "TERM", environment, command);
    }

    /**
     * Starts a process.
     *
     * @param log where its output goes, behind what is there
     * @param signal the name of the signal that ends it, such as {@code INT}
     * @param environment what is added to this JVM's
     * @param command the program and its arguments
     * @return the process; it need not be ready
     */
    public static ServerProcess start(Path log, String signal, Map<String, String> environment, List<String> command) {
        var whole = new ArrayList<>(
                List.of("setsid", Installed.home().resolve("guard").toString(), log.toString(), signal));
        whole.addAll(command);
        var builder = new ProcessBuilder(whole).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        try {
            Process guard = builder.start();
            var lines = new BufferedReader(new InputStreamReader(guard.getInputStream(), UTF_8));
            String pid = lines.readLine();
            if (pid == null) {
                throw new IOException("servers/guard did not start " + command.get(0));
            }
            return new ServerProcess(guard, Long.parseLong(pid), log, signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until the server answers.
     *
     * @param limit how long at most
     * @param ready asked every 20 ms; what it throws counts as no
     * @throws AssertionError if the process ended, or the limit passed; with the end of its log and the last thrown
     */
    public void awaitReady(Duration limit, BooleanSupplier ready) {
        var thrown = new AtomicReference<>("");
        try {
            Deadline.await("it is ready", limit, () -> !isAlive() || answers(ready, thrown));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + thrown.get() + tail(), e);
        }
        if (!isAlive()) {
            throw new AssertionError("it ended with exit code " + awaitExit(GRACE) + tail());
        }
    }

    /** Tells whether the process runs, stopped or not. */
    public boolean isAlive() {
        return guard.isAlive();
    }

    /** Returns the pid of the server itself. */
    public long pid() {
        return pid;
    }

    /** Returns the lines of the log so far. */
    public List<String> lines() {
        try {
            return Files.exists(log) ? Files.readString(log, UTF_8).lines().toList() : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGSTOP: connections stay open and nothing answers. */
    public void pause() {
        send("STOP");
    }

    /** Sends SIGCONT. */
    public void resume() {
        send("CONT");
    }

    /** Sends SIGKILL, and returns when the process is gone. */
    public void kill() {
        send("KILL");
        awaitExit(GRACE);
    }

    /**
     * Sends a signal.
     *
     * @param name such as {@code HUP}
     */
    public void send(String name) {
        try {
            // The kill of bash: a program of that name is missing from small images.
            new ProcessBuilder("bash", "-c", "kill -s \"$0\" \"$1\"", name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the process ended by itself.
     *
     * @param limit how long at most
     * @return its exit code; 128 and the signal's number if a signal ended it
     * @throws AssertionError if it still runs
     */
    public int awaitExit(Duration limit) {
        boolean interrupted = false;
        try {
            for (long end = System.nanoTime() + limit.toNanos(); ; ) {
                try {
                    if (guard.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                        return guard.exitValue();
                    }
                    throw new AssertionError("process " + pid + " still runs after " + limit);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the process, by its signal first and SIGKILL after ten seconds, and returns when it is gone. */
    @Override
    public void close() {
        if (!isAlive()) {
            return;
        }
        send(signal);
        resume();
        try {
            awaitExit(GRACE);
        } catch (AssertionError e) {
            kill();
        }
    }

    private static boolean answers(BooleanSupplier ready, AtomicReference<String> thrown) {
        try {
            return ready.getAsBoolean();
        } catch (RuntimeException | AssertionError e) {
            thrown.set("; the last question: " + e);
            return false;
        }
    }

    private String tail() {
        List<String> lines = lines();
        return "; the end of " + log + ":\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
    }
}
