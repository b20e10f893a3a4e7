package io.github.secretsource.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program in a JVM of its own, started through a command that changes what the system allows it. */
final class ChildProcess {

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
        var whole = new ArrayList<>(command);
        whole.addAll(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        whole.addAll(List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", classPath(readable)));
        whole.add(program.getName());
        whole.addAll(List.of(arguments));
        Process process = new ProcessBuilder(whole).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return printed;
    }

    private static String classPath(Path readable) throws Exception {
        return Stream.of(copyOf(MountedVolumes.class, readable), copyOf(ChildProcess.class, readable))
                .map(Path::toString)
                .collect(Collectors.joining(System.getProperty("path.separator")));
    }

    private static Path copyOf(Class<?> type, Path readable) throws IOException, URISyntaxException {
        Path from =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
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
