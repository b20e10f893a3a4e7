package io.github.secretsource.source;

import io.github.secretsource.Subscription;
import java.nio.file.Path;
import java.util.List;

/** One secret that somebody wants to hear about. Safe for concurrent use. */
final class WatchedSecret implements Subscription {

    private final VolumeWatch watch;
    private final VolumePath place;
    private final Runnable mayHaveChanged;

    /** The directories whose events are passed on; changed under the lock of {@link VolumeWatch}. */
    volatile List<Path> directories = List.of();

    private volatile boolean ended;
    private volatile boolean begun;
    private volatile Glance glance;

    WatchedSecret(VolumeWatch watch, VolumePath place, Runnable mayHaveChanged) {
        this.watch = watch;
        this.place = place;
        this.mayHaveChanged = mayHaveChanged;
        this.glance = Glance.atSurface(place);
    }

    VolumePath place() {
        return place;
    }

    /** Lets hints through. Until then there are none: the fetch that follows the beginning of a watch sees it all. */
    void begin() {
        begun = true;
    }

    boolean hasEnded() {
        return ended;
    }

    void hint() {
        if (begun && !ended) {
            mayHaveChanged.run();
        }
    }

    /**
     * Something happened in one of the directories. In a kubelet volume most of it prepares a swap or cleans up after
     * one: a hint for that would have the secret fetched too early, and again only after the gap between two fetches.
     */
    void stir() {
        Glance before = glance;
        Glance now = Glance.atSurface(place);
        if (now.linked() && before.linked() && !now.differsFrom(before)) {
            return;
        }
        glance = now;
        hint();
    }

    /** Looks at the files from outside and says whether they look different from last time. Looked at by one at a time. */
    boolean looksDifferent() {
        Glance before = glance;
        Glance now = Glance.at(place);
        glance = now;
        return now.differsFrom(before);
    }

    @Override
    public void close() {
        ended = true;
        watch.remove(this);
    }
}
