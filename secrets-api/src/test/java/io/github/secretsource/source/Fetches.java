package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** Fetches of mounted secrets, as the engine does them, and files as tests want them. */
final class Fetches {

    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-02-02T20:20:20.5Z"));

    private Fetches() {}

    static SecretId id(String path) {
        return SecretId.of("file", path);
    }

    static SecretData fetch(MountedVolumes volumes, String path) {
        return volumes.fetch(id(path), TestContext.real());
    }

    static String text(MountedVolumes volumes, String path) {
        return fetch(volumes, path).value().orElseThrow().reveal();
    }

    static Map<String, String> fields(SecretData data) {
        var fields = new TreeMap<String, String>();
        data.fields().forEach((name, value) -> fields.put(name, value.reveal()));
        return fields;
    }

    static Map<String, String> fields(MountedVolumes volumes, String path) {
        return fields(fetch(volumes, path));
    }

    /** Writes a file and dates it back, so that no reader waits for it to settle. */
    static Path settled(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        aged(file);
        aged(file.getParent());
        return file;
    }

    static Path aged(Path file) throws IOException {
        return Files.setLastModifiedTime(file, LONG_AGO);
    }
}
