package io.github.secretsource.test;

import io.github.secretsource.Timeline;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Time that stands still until a test moves it: clocks, timers and timed waits of the library in one object.
 *
 * <pre>{@code
 * FakeTime time = FakeTime.create();
 * Secrets secrets = Secrets.builder().time(time).source("mem", mem).build();
 * time.advance(Duration.ofMinutes(5));      // every refresh due by then has happened when this returns
 * }</pre>
 *
 * <p>The library's threads stay real, and are counted: {@link #advance} and {@link #settle} return when all work that
 * was handed to them is done or waits for a later moment. Work that blocks outside of this object, on a latch say, is
 * never done: let it wait by {@link #await}. Safe for concurrent use.
 */
public final class FakeTime implements Timeline {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final boolean advancesItself;

    /** Guarded by {@code lock}, like everything below. */
    private final PriorityQueue<Entry> entries = new PriorityQueue<>(
            Comparator.<Entry>comparingLong(entry -> entry.at).thenComparingLong(e -> e.order));

    private final Set<Thread> workers = new LinkedHashSet<>();

    /** Workers that wait by this timeline. One that was interrupted has work to do, though it does not know yet. */
    private final Set<Thread> resting = new LinkedHashSet<>();

    private Instant wallStart;
    private long nanos;
    private long order;
    private int busy;

    private FakeTime(Instant wallStart, boolean advancesItself) {
        this.wallStart = wallStart;
        this.advancesItself = advancesItself;
    }

    private record Entry(long at, long order, Runnable task) {}

    /**
     * Returns time that moves by {@link #advance} only.
     *
     * @return a new timeline whose wall clock reads 2030-01-01T00:00:00Z
     */
    public static FakeTime create() {
        return new FakeTime(Instant.parse("2030-01-01T00:00:00Z"), false);
    }

    /**
     * Returns time that moves by itself whenever a test's thread waits for the library and the library waits for time:
     * a read of a secret whose source hangs fails at its deadline, without a pause.
     *
     * @return a new timeline whose wall clock reads 2030-01-01T00:00:00Z
     */
    public static FakeTime advancingItself() {
        return new FakeTime(Instant.parse("2030-01-01T00:00:00Z"), true);
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant now() {
        lock.lock();
        try {
            return wallStart.plusNanos(nanos);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sets the wall clock forward or back; the monotonic clock and all timers stay.
     *
     * @param jump how far, negative for back
     */
    public void jumpWallClock(Duration jump) {
        lock.lock();
        try {
            wallStart = wallStart.plus(jump);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves time forward, running what becomes due in order, each moment's work to its end before the next.
     *
     * @param span how far; not negative
     */
    public void advance(Duration span) {
        if (span.isNegative()) {
            throw new IllegalArgumentException("time does not go back: " + span);
        }
        long target = after(span);
        settle();
        while (step(target)) {
            settle();
        }
        lock.lock();
        try {
            nanos = Math.max(nanos, target);
        } finally {
            lock.unlock();
        }
        settle();
    }

    /**
     * Moves time forward at once, as a frozen process sees it: nothing runs in between, all that became due runs late.
     *
     * @param span how far; not negative
     */
    public void freeze(Duration span) {
        settle();
        lock.lock();
        try {
            nanos += span.toNanos();
        } finally {
            lock.unlock();
        }
        settle();
    }

    /** Runs what is due now and waits until all work handed to the library's threads is done or waits for time. */
    public void settle() {
        try {
            work();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while work settles");
        }
    }

    private void work() throws InterruptedException {
        do {
            awaitQuiet();
        } while (step(nanos()));
    }

    /** Runs the first entry due by {@code target}; false if there is none. */
    private boolean step(long target) {
        Entry due;
        lock.lock();
        try {
            due = entries.peek();
            if (due == null || due.at - target > 0) {
                return false;
            }
            entries.remove();
            nanos = Math.max(nanos, due.at);
        } finally {
            lock.unlock();
        }
        due.task.run();
        return true;
    }

    private void awaitQuiet() throws InterruptedException {
        lock.lock();
        try {
            long rest = PATIENCE.toNanos();
            while (busy > 0 || resting.stream().anyMatch(Thread::isInterrupted)) {
                if (rest <= 0) {
                    throw new IllegalStateException(
                            busy + " tasks neither end nor wait by this timeline; running: " + names());
                }
                rest = changed.awaitNanos(rest);
            }
        } finally {
            lock.unlock();
        }
    }

    private String names() {
        var names = new StringBuilder();
        for (Thread worker : workers) {
            names.append(names.isEmpty() ? "" : ", ").append(worker.getName());
        }
        return names.toString();
    }

    @Override
    public Timer timer(String name, Runnable task) {
        return new FakeTimer(task);
    }

    private final class FakeTimer implements Timer {

        private final Runnable task;
        private Optional<Entry> set = Optional.empty();
        private boolean closed;

        FakeTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void set(long atNanos) {
            lock.lock();
            try {
                set.ifPresent(entries::remove);
                if (!closed) {
                    set = Optional.of(enter(atNanos, task));
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                set.ifPresent(entries::remove);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Under the lock. */
    private Entry enter(long at, Runnable task) {
        var entry = new Entry(at, order++, task);
        entries.add(entry);
        return entry;
    }

    @Override
    public boolean await(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
        if (done.isDone()) {
            return true;
        }
        if (advancesItself && !isWorker()) {
            return drive(done, deadlineNanos);
        }
        var over = new CompletableFuture<Void>();
        Entry alarm = alarm(deadlineNanos, over);
        var either = CompletableFuture.anyOf(done, over);
        Runnable resume = isWorker() ? rest(either) : () -> {};
        try {
            park(either);
        } finally {
            resume.run();
            cancel(alarm);
        }
        // Taken only now: a worker is counted as busy again before its interrupt can no longer be seen.
        if (!either.isDone() && Thread.interrupted()) {
            throw new InterruptedException();
        }
        return done.isDone();
    }

    /** Returns when the end is complete or the calling thread is interrupted, its flag untouched. */
    private static void park(CompletableFuture<?> end) {
        Thread waiter = Thread.currentThread();
        var unused = end.whenComplete((value, problem) -> LockSupport.unpark(waiter));
        while (!end.isDone() && !waiter.isInterrupted()) {
            LockSupport.park(end);
        }
    }

    /** Moves time until {@code done} or the deadline; work in between runs to its end. */
    private boolean drive(CompletableFuture<?> done, long deadlineNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        work();
        while (!done.isDone() && step(deadlineNanos)) {
            work();
        }
        lock.lock();
        try {
            nanos = done.isDone() ? nanos : Math.max(nanos, deadlineNanos);
        } finally {
            lock.unlock();
        }
        return done.isDone();
    }

    private Entry alarm(long at, CompletableFuture<Void> over) {
        lock.lock();
        try {
            return enter(at, () -> over.complete(null));
        } finally {
            lock.unlock();
        }
    }

    private void cancel(Entry entry) {
        lock.lock();
        try {
            entries.remove(entry);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Counts the calling worker as waiting until {@code end} completes: by whoever completes it, since the worker
     * itself wakes only later.
     */
    private Runnable rest(CompletableFuture<Object> end) {
        Thread worker = Thread.currentThread();
        var resumed = new AtomicBoolean();
        Runnable resume = () -> {
            if (resumed.compareAndSet(false, true)) {
                rests(worker, false);
            }
        };
        lock.lock(); // Else time could move on between the two, past the moment waited for.
        try {
            rests(worker, true);
            var unused = end.whenComplete((value, problem) -> resume.run());
        } finally {
            lock.unlock();
        }
        return resume;
    }

    private boolean isWorker() {
        lock.lock();
        try {
            return workers.contains(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    private void rests(Thread worker, boolean begins) {
        lock.lock();
        try {
            boolean changes = begins ? resting.add(worker) : resting.remove(worker);
            count(changes ? (begins ? -1 : 1) : 0);
        } finally {
            lock.unlock();
        }
    }

    private void count(int change) {
        lock.lock();
        try {
            busy += change;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Runnable tracked(Runnable task) {
        count(1);
        return () -> {
            boolean outermost = work(true);
            try {
                task.run();
            } finally {
                if (outermost) {
                    work(false);
                }
                count(-1);
            }
        };
    }

    private boolean work(boolean begins) {
        lock.lock();
        try {
            return begins ? workers.add(Thread.currentThread()) : workers.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "FakeTime[" + now() + "]";
    }
}
