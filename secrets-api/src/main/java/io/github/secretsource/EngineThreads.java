package io.github.secretsource;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded pool of daemon threads, and the only place where threads are made: without inherited thread-locals and with
 * this library's class loader, so that nothing of the application is held by them.
 *
 * <p>An idle thread takes the next task; only when none is idle another is started, up to the bound; then tasks queue.
 * Threads end after 10 idle seconds. Safe for concurrent use.
 */
final class EngineThreads implements Executor, ThreadFactory, RejectedExecutionHandler {

    private static final long IDLE_SECONDS = 10;

    private final Timeline timeline;
    private final ThreadPoolExecutor pool;
    private final HandOver waiting = new HandOver();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger counter = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final String name;
    private final int queue;

    /** A pool whose queue has no bound. */
    EngineThreads(Timeline timeline, String name, int most) {
        this(timeline, name, most, Integer.MAX_VALUE);
    }

    /** A pool that drops and counts what its queue cannot hold. */
    EngineThreads(Timeline timeline, String name, int most, int queue) {
        this.timeline = timeline;
        this.name = name;
        this.queue = queue;
        pool = new ThreadPoolExecutor(1, most, IDLE_SECONDS, TimeUnit.SECONDS, waiting, this, this);
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public Thread newThread(Runnable work) {
        Thread thread = make(name + "-" + counter.incrementAndGet(), new Worker(work, threads));
        threads.add(thread);
        return thread;
    }

    /** No thread is idle and no more may be started: the task waits, or is dropped where no more may wait. */
    @Override
    public void rejectedExecution(Runnable task, ThreadPoolExecutor executor) {
        if (executor.isShutdown() || (queue < Integer.MAX_VALUE && waiting.size() >= queue)) {
            dropped.incrementAndGet();
            drop(task);
            return;
        }
        waiting.put(task);
        // All threads may have ended since it was refused: then nobody would look at the queue again.
        boolean unused = executor.prestartCoreThread();
        if (executor.isShutdown() && waiting.remove(task)) {
            drop(task);
        }
    }

    /** What a thread of the pool runs, and its name on the list while it does. */
    private record Worker(Runnable work, Set<Thread> threads) implements Runnable {

        @Override
        public void run() {
            try {
                work.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        }
    }

    @Override
    public void execute(Runnable task) {
        executeUntracked(new Task(timeline, task));
    }

    /** Runs a task, unless the machine starts no more threads just now: then it is not run at all. */
    boolean begins(Runnable task) {
        var tracked = new Task(timeline, task);
        try {
            pool.execute(tracked);
            return true;
        } catch (OutOfMemoryError e) {
            threads.removeIf(thread -> thread.getState() == Thread.State.NEW);
            boolean unused = waiting.remove(tracked);
            tracked.drop();
            return false;
        }
    }

    /** Runs a task that may block for as long as it likes, so that a fake timeline does not wait for it. */
    void executeUntracked(Runnable task) {
        try {
            pool.execute(task);
        } catch (OutOfMemoryError e) {
            // This machine starts no more threads. One of ours takes the task later, or the next that can be started.
            threads.removeIf(thread -> thread.getState() == Thread.State.NEW);
            if (!waiting.contains(task)) {
                waiting.put(task);
            }
        }
    }

    /** A task that a fake timeline waits for until it has run or is dropped. */
    private static final class Task implements Runnable {

        private final Droppable work;
        private final Runnable tracked;

        Task(Timeline timeline, Runnable work) {
            this.work = new Droppable(work);
            this.tracked = timeline.tracked(this.work);
        }

        @Override
        public void run() {
            tracked.run();
        }

        void drop() {
            work.dropped = true;
            tracked.run();
        }
    }

    /** Does nothing once it is dropped. */
    private static final class Droppable implements Runnable {

        private final Runnable work;

        /** Written and read by the one thread that runs or drops the task. */
        private boolean dropped;

        Droppable(Runnable work) {
            this.work = work;
        }

        @Override
        public void run() {
            if (!dropped) {
                work.run();
            }
        }
    }

    /** Offers succeed only where an idle thread takes the task at once; that makes the pool start threads first. */
    private static final class HandOver extends LinkedTransferQueue<Runnable> {

        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }

    private static void drop(Runnable task) {
        if (task instanceof Task waiting) {
            waiting.drop();
        }
    }

    /** How many tasks were dropped. */
    long dropped() {
        return dropped.get();
    }

    /** Refuses new tasks, drops waiting ones, interrupts running ones. */
    void stop() {
        for (Runnable task : pool.shutdownNow()) {
            drop(task);
        }
    }

    /** Refuses new tasks; those waiting still run. */
    void finish() {
        pool.shutdown();
    }

    /** Waits for its threads to end until a reading of the real monotonic clock, never for the calling one. */
    void join(long deadline) {
        threads.forEach(thread -> join(thread, deadline));
    }

    /** The threads that have not ended, but for the calling one. */
    List<Thread> alive() {
        return threads.stream().filter(EngineThreads::isOtherAndAlive).toList();
    }

    static boolean isOtherAndAlive(Thread thread) {
        return thread != Thread.currentThread() && thread.isAlive();
    }

    /**
     * Waits for a thread to end, unless it is the calling one. An interrupt is kept for later: the end interrupts our
     * threads, and it may be one of them that waits.
     */
    static void join(Thread thread, long deadline) {
        boolean interrupted = false;
        while (isOtherAndAlive(thread) && deadline - System.nanoTime() > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static Thread start(String name, Runnable task) {
        Thread thread = make(name, task);
        thread.start();
        return thread;
    }

    private static Thread make(String name, Runnable task) {
        var thread = new Thread(null, task, name, 0, false);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler(Report.INSTANCE);
        thread.setContextClassLoader(EngineThreads.class.getClassLoader());
        return thread;
    }

    /** The platform would print the message, which may hold a value. */
    private enum Report implements Thread.UncaughtExceptionHandler {
        INSTANCE;

        @Override
        public void uncaughtException(Thread ended, Throwable e) {
            Events.warnNow(ended.getName() + " ended with " + e.getClass().getName());
        }
    }

    @Override
    public String toString() {
        return "EngineThreads[" + name + "]";
    }
}
