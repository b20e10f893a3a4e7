package io.github.secretsource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Who needs one secret: the handles on it, and those who read it. Guarded by the keeper's lock, but for what readers
 * note.
 */
final class Usage {

    private static final LiveSecret<?>[] NOBODY = {};

    private final @Nullable LongAdder reads;

    /** Whether somebody read it since the last look; set without a lock. */
    private volatile boolean read;

    private LiveSecret<?>[] holders = NOBODY;

    /** Whether it was to be evicted when it could not be. */
    private boolean pushedOut;

    private long last;

    Usage(boolean counts, long now) {
        this.reads = counts ? new LongAdder() : null;
        this.last = now;
    }

    /** Notes that the value was read. */
    void touch() {
        if (!read) {
            read = true;
        }
        count();
    }

    /** Counts a read where that was asked for. */
    void count() {
        if (reads != null) {
            reads.increment();
        }
    }

    long reads() {
        return reads == null ? 0 : reads.sum();
    }

    void add(LiveSecret<?> handle) {
        var more = Arrays.copyOf(holders, holders.length + 1);
        more[holders.length] = handle;
        holders = more;
    }

    void remove(LiveSecret<?> handle, long now) {
        var fewer = new ArrayList<LiveSecret<?>>(List.of(holders));
        fewer.remove(handle);
        holders = fewer.toArray(NOBODY);
        last = now;
    }

    boolean isHeld() {
        return holders.length > 0;
    }

    boolean isHeldOnce() {
        return holders.length == 1;
    }

    LiveSecret<?>[] holders() {
        return holders;
    }

    LiveSecret<?>[] removeAll() {
        LiveSecret<?>[] all = holders;
        holders = NOBODY;
        return all;
    }

    /** Whether it was read since the last look. */
    boolean wasRead() {
        return read;
    }

    /** Looks whether it is in use; true if it was read since the last look and nobody holds it. */
    boolean look(long now) {
        boolean readOnly = read && !isHeld();
        if (read || isHeld()) {
            read = false;
            last = now;
        }
        return readOnly;
    }

    /** Nobody has read what is there now. */
    void forgetReads() {
        read = false;
    }

    /** There is no room for it any more, but it cannot leave now. */
    void pushedOut() {
        pushedOut = true;
    }

    boolean wasPushedOut() {
        boolean was = pushedOut;
        pushedOut = false;
        return was;
    }

    /** When it was last known to be in use. */
    long last() {
        return last;
    }
}
