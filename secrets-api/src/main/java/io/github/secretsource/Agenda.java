package io.github.secretsource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is due when: a binary heap of {@link Timed} behind one timer. Setting, moving and cancelling cost a few swaps
 * and no allocation. Its lock is a leaf but for the timer's own: nothing else is locked or run while it is held.
 */
final class Agenda implements Runnable {

    /** A timer thread woken later than this was frozen: old values are refused before anything else is done. */
    private static final long FROZEN = Plan.SECOND;

    private final ReentrantLock lock = new ReentrantLock();
    private final Timeline timeline;
    private final Timeline.Timer timer;
    private final Runnable sweep;

    /** Guarded by {@code lock}, like the two below. */
    private @Nullable Timed[] heap = new Timed[64];

    private int size;
    private boolean closed;

    Agenda(Timeline timeline, Runnable sweep) {
        this.timeline = timeline;
        this.sweep = sweep;
        this.timer = timeline.timer("secretsource-timer", this);
    }

    /** Enters or moves a thing. */
    void set(Timed timed, long at) {
        lock.lock();
        try {
            if (closed || (timed.slot >= 0 && timed.at == at)) {
                return;
            }
            timed.at = at;
            if (timed.slot < 0) {
                append(timed);
            }
            siftUp(timed.slot);
            siftDown(timed.slot);
            timer.set(first().at); // Always, so that a timer whose thread could not be started tries again.
        } finally {
            lock.unlock();
        }
    }

    /** Those that are due by a moment, in no order and no more than asked for. */
    List<Timed> dueBy(long moment, int most) {
        var found = new ArrayList<Timed>();
        var next = new ArrayDeque<Integer>(List.of(0));
        lock.lock();
        try {
            while (!next.isEmpty() && found.size() < most) {
                int index = next.remove();
                if (index < size && at(index).at - moment <= 0) {
                    found.add(at(index));
                    next.add(2 * index + 1);
                    next.add(2 * index + 2);
                }
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    void cancel(Timed timed) {
        lock.lock();
        try {
            if (timed.slot >= 0) {
                remove(timed);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the timer thread; nothing fires any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            for (int i = 0; i < size; i++) {
                at(i).slot = -1;
            }
            Arrays.fill(heap, null);
            size = 0;
        } finally {
            lock.unlock();
        }
        timer.close();
    }

    /** The timer went off. */
    @Override
    public void run() {
        long now = timeline.nanos();
        if (lateness(now) > FROZEN) {
            sweepFirst();
        }
        for (Timed due = next(now); due != null; due = next(now)) {
            fire(due, now);
        }
    }

    private void sweepFirst() {
        try {
            sweep.run();
        } catch (Throwable e) {
            // See below; what was left out is refused when its own moment comes.
        }
    }

    private void fire(Timed due, long now) {
        try {
            due.fire(now);
        } catch (Throwable e) {
            // Nothing of the engine throws here but a machine without memory or threads. This thread must outlive that,
            // since without it old values are never refused; so must what was due.
            set(due, now + Plan.SECOND);
        }
    }

    private long lateness(long now) {
        lock.lock();
        try {
            return size == 0 ? 0 : now - first().at;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out the first thing due, or sets the timer to the next. */
    private @Nullable Timed next(long now) {
        lock.lock();
        try {
            if (size == 0) {
                return null;
            }
            Timed first = first();
            if (first.at - now > 0) {
                timer.set(first.at);
                return null;
            }
            remove(first);
            return first;
        } finally {
            lock.unlock();
        }
    }

    private Timed first() {
        return at(0);
    }

    private Timed at(int index) {
        return java.util.Objects.requireNonNull(heap[index]);
    }

    private void append(Timed timed) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        place(timed, size++);
    }

    private void remove(Timed timed) {
        int hole = timed.slot;
        Timed last = at(--size);
        heap[size] = null;
        timed.slot = -1;
        if (last != timed) {
            place(last, hole);
            siftUp(hole);
            siftDown(last.slot);
        }
    }

    private void place(Timed timed, int index) {
        heap[index] = timed;
        timed.slot = index;
    }

    private void siftUp(int start) {
        int index = start;
        while (index > 0 && at(index).at - at((index - 1) / 2).at < 0) {
            swap(index, (index - 1) / 2);
            index = (index - 1) / 2;
        }
    }

    private void siftDown(int start) {
        int index = start;
        while (true) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).at - at(child).at < 0) {
                child++;
            }
            if (child >= size || at(child).at - at(index).at >= 0) {
                return;
            }
            swap(index, child);
            index = child;
        }
    }

    private void swap(int left, int right) {
        Timed moved = at(left);
        place(at(right), left);
        place(moved, right);
    }
}
