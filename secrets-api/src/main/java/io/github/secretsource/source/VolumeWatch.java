package io.github.secretsource.source;

import io.github.secretsource.Subscription;
import io.github.secretsource.spi.SourceContext;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Says when the files of secrets may have changed: at once where the system reports events, within a second everywhere.
 * The poll also mends the watches, which die in more ways than the system reports. Safe for concurrent use.
 */
final class VolumeWatch implements FileEvents.Listener, Runnable {

    private static final Duration POLL = Duration.ofSeconds(1);

    private final SourceContext context;
    private final FileEvents events;
    private final Set<WatchedSecret> secrets = ConcurrentHashMap.newKeySet();
    private final Map<Path, WatchedDirectory> directories = new ConcurrentHashMap<>();

    /** Held to change who belongs to which directory and whether there is a poll, never while files are looked at. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Subscription polling; // guarded by lock
    private boolean closed; // guarded by lock

    VolumeWatch(SourceContext context, FileEvents.Opening opening) {
        this.context = context;
        this.events = new FileEvents(opening, context, this);
    }

    /** Begins to watch; whatever changes from the return of this method on is reported. */
    Subscription add(VolumePath place, Runnable mayHaveChanged) {
        var secret = new WatchedSecret(this, place, mayHaveChanged);
        join(secret, place.watched());
        if (!isReported(secret)) {
            secret.looksDifferent(); // for the next second to compare with; else a cheaper look will do
        }
        secret.begin();
        secrets.add(secret);
        poll();
        return secret;
    }

    /** Whether the system reports events of all its directories. */
    private boolean isReported(WatchedSecret secret) {
        for (Path path : secret.directories) {
            WatchedDirectory directory = directories.get(path);
            if (directory == null || directory.key().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Forgets a secret that has just ended. */
    void remove(WatchedSecret secret) {
        secrets.remove(secret);
        assign(secret, List.of()); // the poll gives the watches back: that may block, and closing may not
    }

    /** Makes the secret hear of these directories and no others. */
    private void join(WatchedSecret secret, List<Path> paths) {
        assign(secret, paths);
        for (Path path : paths) {
            WatchedDirectory directory = directories.get(path);
            if (directory != null && directory.isAdrift()) {
                mend(directory);
            }
        }
    }

    private void assign(WatchedSecret secret, List<Path> paths) {
        lock.lock();
        try {
            List<Path> wanted = secret.hasEnded() ? List.of() : paths;
            for (Path path : secret.directories) {
                WatchedDirectory directory = directories.get(path);
                if (directory != null && !wanted.contains(path)) {
                    directory.remove(secret);
                }
            }
            for (Path path : wanted) {
                directory(path).add(secret);
            }
            secret.directories = wanted;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private WatchedDirectory directory(Path path) {
        WatchedDirectory known = directories.get(path);
        if (known != null) {
            return known;
        }
        var directory = new WatchedDirectory(path);
        directories.put(path, directory);
        return directory;
    }

    /** A watch set anew is a hint in itself: nobody knows what was missed before. */
    private void mend(WatchedDirectory directory) {
        WatchKey old = directory.key().orElse(null);
        if (directory.register(events)) {
            directory.hint();
        }
        cancel(old);
    }

    /** Gives a watch back, unless another path to the same directory needs it. */
    private void cancel(@Nullable WatchKey key) {
        if (key == null || !key.isValid()) {
            return;
        }
        for (WatchedDirectory directory : directories.values()) {
            if (directory.isBehind(key)) {
                return;
            }
        }
        key.cancel();
    }

    @Override
    public void changed(WatchKey key) {
        for (WatchedDirectory directory : directories.values()) {
            if (directory.isBehind(key)) {
                directory.stir();
            }
        }
    }

    @Override
    public void lost() {
        for (WatchedSecret secret : secrets) {
            secret.hint();
        }
    }

    private void poll() {
        lock.lock();
        try {
            if (polling == null && !closed) {
                polling = context.every(POLL, this);
            }
        } finally {
            lock.unlock();
        }
    }

    /** One poll. */
    @Override
    public void run() {
        for (WatchedDirectory directory : directories.values()) {
            if (directory.isUnwanted()) {
                drop(directory);
            } else if (directory.isAdrift()) {
                mend(directory);
            }
        }
        for (WatchedSecret secret : secrets) {
            List<Path> paths = secret.place().watched();
            if (!paths.equals(secret.directories)) {
                join(secret, paths);
            }
            if (secret.looksDifferent()) {
                secret.hint();
            }
        }
    }

    /** A secret that joins in between loses its watch here, and gets it back with the next poll. */
    private void drop(WatchedDirectory directory) {
        lock.lock();
        try {
            if (!directory.isUnwanted()) {
                return;
            }
            directories.values().remove(directory);
        } finally {
            lock.unlock();
        }
        cancel(directory.key().orElse(null));
    }

    /** Whether the system has no room for the watches wanted, so that only the poll sees changes. */
    boolean isExhausted() {
        return events.isExhausted();
    }

    /** Ends the poll and the thread of the events. */
    void close() {
        Subscription ending;
        lock.lock();
        try {
            closed = true;
            ending = polling;
        } finally {
            lock.unlock();
        }
        if (ending != null) {
            ending.close();
        }
        events.close();
    }
}
