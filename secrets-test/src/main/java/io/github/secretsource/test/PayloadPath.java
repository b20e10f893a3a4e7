package io.github.secretsource.test;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The rules of kubelet's atomic writer for the name of a file in a volume. Stateless. */
final class PayloadPath {
    private static final int MAX_ELEMENT = 255;
    private static final int MAX_PATH = 4096;

    private PayloadPath() {}

    /** The name as a clean relative path, {@code a//b/} as {@code a/b}. */
    static Path of(String file) {
        require(!file.isEmpty(), "a file name must not be empty");
        require(!file.startsWith("/"), "a file name must be relative: " + file);
        require(length(file) <= MAX_PATH, "a file name must have at most 4096 bytes: " + length(file));
        for (var element : file.split("/", -1)) {
            require(!element.startsWith(".."), "no part of a file name may begin with '..': " + file);
            require(
                    length(element) <= MAX_ELEMENT,
                    "each part of a file name must have at most 255 bytes: " + length(element));
        }
        var path = Path.of(file).normalize();
        require(!path.toString().isEmpty(), "a file name must name a file: " + file);
        return path;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
