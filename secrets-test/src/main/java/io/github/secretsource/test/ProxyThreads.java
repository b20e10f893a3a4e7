package io.github.secretsource.test;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The daemon threads of one proxy. Safe for concurrent use. */
final class ProxyThreads {
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    Thread start(String name, Runnable work) {
        threads.removeIf(thread -> !thread.isAlive());
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
        return thread;
    }

    /** Waits until all have ended, those too that are started meanwhile, but no longer than the limit. */
    void join(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (var thread = alive(); thread.isPresent() && System.nanoTime() < end; thread = alive()) {
            join(thread.get(), Duration.ofNanos(end - System.nanoTime()));
        }
    }

    /** Waits until a thread has ended, but no longer than the limit; an interrupt is kept for the caller. */
    static void join(Thread thread, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        while (thread.isAlive() && System.nanoTime() < end) {
            try {
                thread.join(1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<Thread> alive() {
        return threads.stream().filter(Thread::isAlive).findFirst();
    }
}
