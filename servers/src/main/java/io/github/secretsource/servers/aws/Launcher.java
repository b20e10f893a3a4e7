package io.github.secretsource.servers.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.Installed;
import io.github.secretsource.servers.host.Ports;
import io.github.secretsource.servers.host.ServerProcess;
import io.github.secretsource.servers.host.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The process of {@code servers/aws/launcher.py}. */
final class Launcher {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Path python = Installed.folder("aws").resolve("bin/python");
    private final Workspace workspace = Workspace.create("aws");
    private final Path requests = workspace.log("requests");
    private final int port = Ports.free();
    private final AwsKeys administrator = new AwsKeys("AKIAADMINISTRATOR000", "secret-" + UUID.randomUUID(), null);
    private volatile ServerProcess process = start();

    private ServerProcess start() {
        var started = ServerProcess.start(
                workspace.log("server"),
                Map.of(
                        "AWS_ACCESS_KEY_ID", administrator.accessKey(),
                        "AWS_SECRET_ACCESS_KEY", administrator.secretKey()),
                List.of(
                        python.toString(),
                        "-B",
                        Installed.home().resolve("aws/launcher.py").toString(),
                        Integer.toString(port),
                        requests.toString()));
        try {
            started.awaitReady(LIMIT, Control.of(endpoint())::answers);
        } catch (AssertionError e) {
            started.close();
            throw e;
        }
        return started;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    AwsKeys administrator() {
        return administrator;
    }

    ServerProcess process() {
        return process;
    }

    void restart() {
        process.close();
        process = start();
    }

    /** Returns the access log, which can be read when the server cannot be asked. */
    String log() {
        try {
            return Files.readString(requests, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        process.close();
        workspace.removeData();
    }
}
