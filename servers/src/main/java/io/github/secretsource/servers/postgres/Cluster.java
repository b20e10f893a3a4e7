package io.github.secretsource.servers.postgres;

import io.github.secretsource.servers.host.Installed;
import io.github.secretsource.servers.host.Ports;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files and the process of a server that we started. PostgreSQL refuses to run as root: there it runs as another
 * user, whose files are below the folder for temporary files, since the checkout may be closed to that user.
 */
final class Cluster {
    private static final Duration INITDB_LIMIT = Duration.ofSeconds(60);
    private static final String FOLDER = "secretsource-postgres-";

    private final Path binaries = Installed.folder("postgres");
    private final Workspace workspace = Workspace.create("postgres");
    private final int port = Ports.free();
    private final Path folder;
    private final List<String> asUser;
    private volatile @Nullable ServerProcess process;

    Cluster(String user, String password) {
        String owner = owner();
        asUser = owner.isEmpty()
                ? List.of()
                : List.of("setpriv", "--reuid=" + owner, "--regid=" + group(owner), "--clear-groups");
        folder = newFolder(owner);
        initialise(user, password, owner);
    }

    int port() {
        return port;
    }

    ServerProcess process() {
        ServerProcess running = process;
        if (running == null) {
            throw new IllegalStateException("PostgreSQL was not started");
        }
        return running;
    }

    ServerProcess start() {
        process = ServerProcess.start(
                workspace.log("postgres"),
                "INT",
                Map.of(),
                command(
                        "postgres",
                        "-D",
                        folder.resolve("data").toString(),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "port=" + port,
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off",
                        "-c",
                        "log_connections=on"));
        return process();
    }

    void remove() {
        Workspace.remove(folder);
        workspace.removeData();
    }

    private void initialise(String user, String password, String owner) {
        try {
            Path file = Files.createFile(
                    folder.resolve("password"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, password);
            own(file, owner);
            var initdb = ServerProcess.start(
                    workspace.log("initdb"),
                    Map.of(),
                    command(
                            "initdb",
                            "-D",
                            folder.resolve("data").toString(),
                            "-U",
                            user,
                            "-A",
                            "scram-sha-256",
                            "--pwfile=" + file,
                            "--no-sync",
                            "--locale=C.UTF-8",
                            "-E",
                            "UTF8"));
            if (initdb.awaitExit(INITDB_LIMIT) != 0) {
                throw new AssertionError("initdb failed: " + String.join("\n", initdb.lines()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> command(String program, String... arguments) {
        var command = new ArrayList<>(asUser);
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    /** The user to become, or "" to stay who we are. */
    private static String owner() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return "";
        }
        return hasUser("postgres") ? "postgres" : "nobody";
    }

    private static String group(String owner) {
        return "nobody".equals(owner) ? "nogroup" : owner;
    }

    private static boolean hasUser(String name) {
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(line -> line.startsWith(name + ":"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newFolder(String owner) {
        Path all = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> folders = Files.list(all)) {
            String us = owner.isEmpty() ? System.getProperty("user.name") : owner;
            folders.filter(old -> old.getFileName().toString().startsWith(FOLDER) && isLeftOver(old) && isOf(us, old))
                    .forEach(Workspace::removeLeftOver);
            Path folder = Files.createTempDirectory(
                    all, FOLDER + ProcessHandle.current().pid() + "-");
            own(folder, owner);
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isLeftOver(Path folder) {
        String pid = folder.getFileName().toString().substring(FOLDER.length()).split("-", 2)[0];
        return pid.matches("\\d{1,9}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    /** Those of other users stay: what they belong to may run in a container, where this one cannot see it. */
    private static boolean isOf(String user, Path folder) {
        try {
            return Files.getOwner(folder).getName().equals(user);
        } catch (IOException e) {
            return false;
        }
    }

    private static void own(Path path, String owner) throws IOException {
        if (!owner.isEmpty()) {
            Files.setOwner(
                    path, path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner));
        }
    }
}
