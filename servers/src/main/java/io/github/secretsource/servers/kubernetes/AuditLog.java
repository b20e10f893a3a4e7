package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Reads what a kube-apiserver writes about its requests: a line of JSON per stage. Safe for concurrent use. */
final class AuditLog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;
    // Both guarded by lock.
    private final Map<String, Request> requests = new LinkedHashMap<>();
    private long end;

    AuditLog(Path file) {
        this.file = file;
    }

    /** Returns all requests so far, in the order of their arrival, each as of its last stage. */
    List<Request> requests() {
        lock.lock();
        try {
            newLines().lines().forEach(this::add);
            return List.copyOf(requests.values());
        } finally {
            lock.unlock();
        }
    }

    private void add(String line) {
        try (var reader = Json.createReader(new StringReader(line))) {
            var event = reader.readObject();
            requests.put(event.getString("auditID"), Request.of(event));
        }
    }

    /** Returns what was added since the last call; half a line waits for its end. */
    private String newLines() {
        if (!Files.exists(file)) {
            return "";
        }
        try (var log = new RandomAccessFile(file.toFile(), "r")) {
            var bytes = new byte[Math.toIntExact(log.length() - end)];
            log.seek(end);
            log.readFully(bytes);
            int length = bytes.length;
            while (length > 0 && bytes[length - 1] != '\n') {
                length--;
            }
            end += length;
            return new String(bytes, 0, length, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
