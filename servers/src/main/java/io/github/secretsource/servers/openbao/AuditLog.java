package io.github.secretsource.servers.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
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

/**
 * Reads what the audit device wrote, each line once. A request is in it twice, as it came and as it was answered, which is
 * before the answer is sent; one that a limit stopped only as it came, with an error.
 */
final class AuditLog {
    private final ReentrantLock lock = new ReentrantLock();
    private final Path file;
    private final Map<String, Request> requests = new LinkedHashMap<>();
    private long offset;

    AuditLog(Path file) {
        this.file = file;
    }

    List<Request> requests() {
        lock.lock();
        try {
            readOn();
            return List.copyOf(requests.values());
        } finally {
            lock.unlock();
        }
    }

    private void readOn() {
        if (!Files.exists(file)) {
            return;
        }
        try (var input = new RandomAccessFile(file.toFile(), "r")) {
            byte[] more = new byte[Math.toIntExact(input.length() - offset)];
            input.seek(offset);
            input.readFully(more);
            int end = lastLineEnd(more);
            new String(more, 0, end, UTF_8).lines().map(AuditLog::parse).forEach(this::take);
            offset += end;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lastLineEnd(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static JsonObject parse(String line) {
        try (var reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    private void take(JsonObject entry) {
        if (entry.getString("type", "").equals("response") || entry.containsKey("error")) {
            requests.put(
                    entry.getJsonObject("request").getString("id", "without id " + requests.size()), Request.of(entry));
        }
    }
}
