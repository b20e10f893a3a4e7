package io.github.secretsource.servers.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A server's folder, {@code target/servers/NAME-PID-N} of the module whose tests run: logs directly inside, which stay,
 * and {@code data}, which goes. The folders of earlier runs are removed when a JVM makes its first one.
 */
public final class Workspace {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Path ALL = Path.of("target", "servers").toAbsolutePath();

    private final Path folder;

    private Workspace(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes a folder that nobody else uses.
     *
     * @param server the beginning of its name
     * @return the workspace
     */
    public static Workspace create(String server) {
        int number = COUNT.incrementAndGet();
        if (number == 1) {
            removeThoseOfEarlierRuns();
        }
        Path folder = ALL.resolve(server + "-" + ProcessHandle.current().pid() + "-" + number);
        try {
            Files.createDirectories(folder.resolve("data"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Workspace(folder);
    }

    /**
     * Returns the file of a log.
     *
     * @param name without the ending
     * @return a path in the folder
     */
    public Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /**
     * Returns a path for what is to be gone after {@link #removeData}.
     *
     * @param name relative to the folder of the data
     * @return a path
     */
    public Path data(String name) {
        return folder.resolve("data").resolve(name);
    }

    /**
     * Writes a file among the data; who reads it meanwhile gets what was there before.
     *
     * @param name relative to the folder of the data
     * @param text the content
     * @return the file
     */
    public Path write(String name, String text) {
        try {
            Path file = data(name);
            Files.createDirectories(file.getParent());
            Path fresh = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
            return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes everything but the logs. */
    public void removeData() {
        remove(folder.resolve("data"));
    }

    private static void removeThoseOfEarlierRuns() {
        if (!Files.isDirectory(ALL)) {
            return;
        }
        try (Stream<Path> folders = Files.list(ALL)) {
            folders.filter(folder -> !runs(folder)).forEach(Workspace::removeLeftOver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean runs(Path folder) {
        List<String> parts = List.of(folder.getFileName().toString().split("-", -1));
        String pid = parts.size() < 3 ? "" : parts.get(parts.size() - 2);
        return pid.matches("\\d{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    /**
     * Removes what an earlier run left, as far as this user may: it may be another's, or be removed at this moment.
     *
     * @param folder nobody's any more
     */
    public static void removeLeftOver(Path folder) {
        try {
            remove(folder);
        } catch (UncheckedIOException e) {
            // It stays; nothing here needs its name.
        }
    }

    /**
     * Removes a folder and all in it.
     *
     * @param folder may be gone
     */
    public static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
