package io.github.secretsource.source;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import io.github.secretsource.spi.SourceContext;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The events of the operating system for all volumes: one watch service and one thread that waits for it, made with the
 * first directory. Where the system refuses, everything else goes on without events and this tries again each minute.
 * Safe for concurrent use.
 */
final class FileEvents {

    /** Hears of events, on the thread that waits for them. */
    interface Listener {

        /** Something happened in a directory. */
        void changed(WatchKey key);

        /** Something happened somewhere: the system had more to tell than it could keep. */
        void lost();
    }

    /** Makes a watch service; empty where there are no events worth having. */
    @FunctionalInterface
    interface Opening {
        Optional<WatchService> open() throws IOException;
    }

    private static final Duration RETRY = Duration.ofMinutes(1);

    private final Opening opening;
    private final SourceContext context;
    private final Listener listener;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by {@code lock}, like the two below. */
    private @Nullable WatchService service;

    private boolean closed;
    private boolean warned;

    private volatile boolean exhausted;
    private volatile long retryAt;

    FileEvents(Opening opening, SourceContext context, Listener listener) {
        this.opening = opening;
        this.context = context;
        this.listener = listener;
    }

    /** Begins to watch a directory; empty where that cannot be had now. The same directory gives the same key. */
    Optional<WatchKey> register(Path directory) {
        if (exhausted && context.timeline().nanos() - retryAt < 0) {
            return Optional.empty();
        }
        try {
            WatchService open = service();
            if (open == null) {
                return Optional.empty();
            }
            WatchKey key = directory.register(open, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
            exhausted = false;
            return Optional.of(key);
        } catch (FileSystemException | ClosedWatchServiceException e) {
            return Optional.empty(); // Not there, or not to be listed by this user: that is for the fetch to say.
        } catch (IOException e) {
            retryAt = context.timeline().after(RETRY);
            exhausted = true;
            warn();
            return Optional.empty();
        }
    }

    /** Whether the system had no room for a watch when it was last asked. */
    boolean isExhausted() {
        return exhausted;
    }

    private @Nullable WatchService service() throws IOException {
        lock.lock();
        try {
            if (service == null && !closed) {
                WatchService made = opening.open().orElse(null);
                service = made;
                if (made != null) {
                    context.executor().execute(new Following(made));
                }
            }
            return service;
        } finally {
            lock.unlock();
        }
    }

    /** The one thread that waits for events. */
    private final class Following implements Runnable {

        private final WatchService open;

        Following(WatchService open) {
            this.open = open;
        }

        @Override
        public void run() {
            try {
                while (true) {
                    deliver(open.take());
                }
            } catch (ClosedWatchServiceException e) {
                // The end, in the usual way.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Tells first and makes the key ready again after that: what happens in between signals it once more. */
    private void deliver(WatchKey key) {
        boolean overflow = false;
        for (WatchEvent<?> event : key.pollEvents()) {
            overflow |= event.kind() == OVERFLOW;
        }
        if (overflow) {
            listener.lost();
        } else {
            listener.changed(key);
        }
        key.reset();
    }

    private void warn() {
        lock.lock();
        try {
            if (warned) {
                return;
            }
            warned = true;
        } finally {
            lock.unlock();
        }
        // Fetched here and not kept: the first logger costs some 40 ms, which most programs never have to spend.
        System.getLogger(MountedVolumes.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "source ''{0}'': the system has no room for another file watch, so its volumes are polled once"
                                + " a second; raise fs.inotify.max_user_instances or fs.inotify.max_user_watches",
                        context.name());
    }

    /** Ends the thread and gives the watches back. */
    void close() {
        WatchService open;
        lock.lock();
        try {
            closed = true;
            open = service;
        } finally {
            lock.unlock();
        }
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Nothing is left to be done about it, and nobody is left to hear of it.
            }
        }
    }
}
