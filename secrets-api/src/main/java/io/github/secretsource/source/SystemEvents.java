package io.github.secretsource.source;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.WatchService;
import java.util.Locale;
import java.util.Optional;

/** The watch services of this machine. On macOS there are none: there the JDK polls, slower than we do. Stateless. */
final class SystemEvents implements FileEvents.Opening {

    @Override
    public Optional<WatchService> open() throws IOException {
        boolean mac = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("mac");
        return mac ? Optional.empty() : Optional.of(FileSystems.getDefault().newWatchService());
    }
}
