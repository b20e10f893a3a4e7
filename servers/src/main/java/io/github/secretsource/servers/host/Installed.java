package io.github.secretsource.servers.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what {@code servers/install} made; the script alone knows where that is. */
public final class Installed {
    private Installed() {}

    /**
     * Returns the folder of an installed server.
     *
     * @param server its name for the script
     * @return an existing folder
     * @throws ServerMissingException if it is not installed
     */
    public static Path folder(String server) {
        try {
            var where = new ProcessBuilder(home().resolve("install").toString(), "--where", server).start();
            String folder = new String(where.getInputStream().readAllBytes(), UTF_8).strip();
            String reason = new String(where.getErrorStream().readAllBytes(), UTF_8).strip();
            if (where.waitFor() != 0) {
                throw new ServerMissingException(server, reason.replaceFirst("^servers/install: ", ""));
            }
            return Path.of(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking for " + server, e);
        }
    }

    /**
     * Returns the folder {@code servers} of the checkout in which the JVM runs.
     *
     * @return the folder with the scripts
     */
    public static Path home() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isExecutable(folder.resolve("servers/guard"))) {
                return folder.resolve("servers");
            }
        }
        throw new IllegalStateException("not inside a checkout of the project: no folder above has servers/guard");
    }
}
