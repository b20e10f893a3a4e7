package io.github.secretsource.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One directory with, at best, a watch on it, and the secrets that change with it. Safe for concurrent use. */
final class WatchedDirectory {

    /**
     * A watch and what it follows.
     *
     * @param identity of the directory that was at the path, where the system can tell
     */
    private record Registration(WatchKey key, @Nullable Object identity) {}

    private final Path path;
    private final Set<WatchedSecret> secrets = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Registration registration;

    WatchedDirectory(Path path) {
        this.path = path;
    }

    void add(WatchedSecret secret) {
        secrets.add(secret);
    }

    void remove(WatchedSecret secret) {
        secrets.remove(secret);
    }

    boolean isUnwanted() {
        return secrets.isEmpty();
    }

    void hint() {
        for (WatchedSecret secret : secrets) {
            secret.hint();
        }
    }

    void stir() {
        for (WatchedSecret secret : secrets) {
            secret.stir();
        }
    }

    /** Whether the key is this directory's; two paths that lead to one directory share its key. */
    boolean isBehind(WatchKey key) {
        Registration present = registration;
        return present != null && present.key == key;
    }

    Optional<WatchKey> key() {
        Registration present = registration;
        return present == null ? Optional.empty() : Optional.of(present.key);
    }

    /**
     * Whether the watch is gone or follows a directory that is no longer the one at the path: a watch sticks to a
     * directory that is renamed, unmounted or covered by another mount, without a word.
     */
    boolean isAdrift() {
        Registration present = registration;
        return present == null || !present.key.isValid() || !Objects.equals(present.identity, identity());
    }

    /** Puts a watch on what is at the path now; says whether there is one. */
    boolean register(FileEvents events) {
        Object identity = identity(); // before: if the directory is replaced right now, the next round sees it
        Optional<WatchKey> key =
                identity == null && !Files.isDirectory(path) ? Optional.empty() : events.register(path);
        registration = key.isPresent() ? new Registration(key.get(), identity) : null;
        return key.isPresent();
    }

    private @Nullable Object identity() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }
}
