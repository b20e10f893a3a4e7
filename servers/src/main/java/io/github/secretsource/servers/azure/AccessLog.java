package io.github.secretsource.servers.azure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Every answered request, in memory and in a file. An entry is there before the client has the answer. */
final class AccessLog {
    private final ReentrantLock lock = new ReentrantLock();
    private final List<AzureRequest> requests = new ArrayList<>(); // guarded by lock
    private final Path file;

    AccessLog(Path file) {
        this.file = file;
    }

    void add(AzureRequest request) {
        lock.lock();
        try {
            requests.add(request);
            String line = "%s %s %s %s %s %d%n"
                    .formatted(
                            request.server(),
                            request.method(),
                            request.path(),
                            shown(request.apiVersion()),
                            shown(request.identity()),
                            request.status());
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    List<AzureRequest> requests() {
        lock.lock();
        try {
            return List.copyOf(requests);
        } finally {
            lock.unlock();
        }
    }

    private static String shown(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
