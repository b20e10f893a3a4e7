package io.github.secretsource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;

import io.github.secretsource.config.TestConfig;
import io.github.secretsource.sketch.PropertiesFileSource;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A third party's source, opened from configuration")
class PropertiesFileSourceContractTest extends SecretSourceContract {

    @TempDir
    Path folder;

    private final Properties held = new Properties();

    @BeforeEach
    void makeTheFile() {
        write("");
    }

    @Override
    protected SecretSource source() {
        var config = Map.of("secrets.source.store.kind", "properties", "secrets.source.store.path", file().toString());
        return TestConfig.read(config, List.of(new PropertiesFileSource.Factory()))
                .sources()
                .get("store");
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        fields.forEach((field, text) -> held.setProperty(name + "." + field, text));
        store();
    }

    @Override
    protected void remove(String name) {
        held.keySet().removeIf(key -> key.toString().startsWith(name + "."));
        store();
    }

    @Override
    protected void fail(String name) {
        try {
            Files.delete(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void recover(String name) {
        store();
    }

    @Override
    protected void corrupt(String name) {
        write(name + ".password=\\u00zz");
    }

    private void store() {
        try {
            var text = new StringWriter();
            held.store(text, null);
            write(text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String text) {
        try {
            Files.move(Files.writeString(folder.resolve("next"), text, UTF_8), file(), ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file() {
        return folder.resolve("secrets.properties");
    }
}
