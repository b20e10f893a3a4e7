package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The open watches of an in-memory source. It holds no lock while a watcher runs. Safe for concurrent use. */
final class MemoryWatches {

    private final List<Watch> open = new CopyOnWriteArrayList<>();

    /** One watch; equal to itself only, so that closing one of two alike leaves the other. */
    private static final class Watch {

        private final SecretId id;
        private final Runnable mayHaveChanged;

        Watch(SecretId id, Runnable mayHaveChanged) {
            this.id = id;
            this.mayHaveChanged = mayHaveChanged;
        }
    }

    Subscription add(SecretId id, Runnable mayHaveChanged) {
        var watch = new Watch(id, mayHaveChanged);
        open.add(watch);
        return () -> open.remove(watch);
    }

    void hint(String path) {
        for (Watch watch : open) {
            if (watch.id.path().equals(path)) {
                watch.mayHaveChanged.run();
            }
        }
    }

    void hintAll() {
        open.forEach(watch -> watch.mayHaveChanged.run());
    }

    List<SecretId> ids() {
        return open.stream().map(watch -> watch.id).toList();
    }
}
