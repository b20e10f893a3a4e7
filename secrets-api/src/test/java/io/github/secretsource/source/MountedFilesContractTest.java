package io.github.secretsource.source;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("MountedVolumes, one file per secret as a script writes it")
class MountedFilesContractTest extends SecretSourceContract {

    @TempDir
    Path root;

    @TempDir
    Path aside;

    @Override
    protected SecretSource source() {
        return MountedVolumes.at(root);
    }

    @Override
    protected SecretId id(String name) {
        return SecretId.of("file", name);
    }

    @Override
    protected boolean holdsFields() {
        return false;
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        putBytes(name, Objects.requireNonNull(fields.get("value")).getBytes(UTF_8));
    }

    @Override
    protected void putBytes(String name, byte[] value) {
        try {
            Files.move(Files.write(aside.resolve(name), value), root.resolve(name), ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void remove(String name) {
        try {
            Files.delete(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
