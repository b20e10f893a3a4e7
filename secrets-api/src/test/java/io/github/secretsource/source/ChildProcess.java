package io.github.secretsource.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program in a JVM of its own, as it is or through a command that changes what the system allows it. */
public final class ChildProcess {

    private ChildProcess() {}

    /** Whether the command works here: the tool is there and the user may use it. */
    static boolean canRun(String... command) throws InterruptedException {
        var whole = new ArrayList<>(List.of(command));
        whole.add("true");
        try {
            return new ProcessBuilder(whole).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Copies our classes where every user may read them, runs the program and returns what it printed. */
    static String run(Path readable, List<String> command, Class<?> program, String... arguments) throws Exception {
        var options = List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx64m");
        var classes = List.of(copyOf(MountedVolumes.class, readable), copyOf(ChildProcess.class, readable));
        Process process = command(command, options, classes, program, arguments).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return printed;
    }

    /** Starts the program with our classes and no others; its errors come with its output. */
    public static Process start(List<String> options, Class<?> program, String... arguments) throws Exception {
        return command(options, program, arguments).start();
    }

    /** Prepares the same, for who wants it in a folder of its own, say. */
    public static ProcessBuilder command(List<String> options, Class<?> program, String... arguments)
            throws URISyntaxException {
        var classes = List.of(folderOf(MountedVolumes.class), folderOf(ChildProcess.class));
        return command(List.of(), options, classes, program, arguments);
    }

    private static ProcessBuilder command(
            List<String> prefix, List<String> options, List<Path> classes, Class<?> program, String... arguments) {
        var whole = new ArrayList<>(prefix);
        whole.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        whole.addAll(options);
        whole.add("-cp");
        whole.add(classes.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
        whole.add(program.getName());
        whole.addAll(List.of(arguments));
        return new ProcessBuilder(whole).redirectErrorStream(true);
    }

    /** Where a class was loaded from. */
    public static Path folderOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static Path copyOf(Class<?> type, Path readable) throws IOException, URISyntaxException {
        Path from = folderOf(type);
        Path to = readable.resolve("classes-of-" + type.getSimpleName());
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path copy = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(copy);
                } else {
                    Files.copy(file, copy);
                }
            }
        }
        return to;
    }
}
