package io.github.secretsource.vault;

import java.net.http.HttpClient;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client of the JDK whose threads end when the last one who holds it has let go: its owner and each request do. Before
 * JDK 21 a client cannot be closed: its selector's thread lasts until nobody refers to it and garbage is collected. An
 * interrupt ends it, and a thread group finds it: a thread belongs to the group of the one that made it. Safe for
 * concurrent use.
 */
final class OwnHttpClient {
    private static final String NAME = "secretsource-vault-http";
    private static final long IDLE_SECONDS = 10;

    private final ThreadGroup threads = new ThreadGroup(NAME);
    private final ExecutorService workers = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);
    private final HttpClient client;
    private final AtomicInteger holders = new AtomicInteger(1); // its owner

    /**
     * Makes a client.
     *
     * @throws ExecutionException if this machine lets the JDK make none, for want of a descriptor or a thread
     */
    OwnHttpClient(HttpClient.Builder builder) throws ExecutionException {
        // The thread that selects is a child of the one that makes the client, and takes after it.
        var making = new FutureTask<>(() -> builder.executor(workers).build());
        thread(making).start();
        client = made(making);
    }

    private static HttpClient made(FutureTask<HttpClient> making) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return making.get();
                } catch (InterruptedException e) {
                    interrupted = true; // Making one waits for nothing.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Carries nothing of the application, whose thread may be the one that asks for it. */
    private Thread thread(Runnable task) {
        var thread = new Thread(threads, task, NAME, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(OwnHttpClient.class.getClassLoader());
        return thread;
    }

    HttpClient client() {
        return client;
    }

    /** Keeps it open, for a request; false if it is closed already. */
    boolean hold() {
        return holders.updateAndGet(count -> count == 0 ? 0 : count + 1) > 0;
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            close();
        }
    }

    /** No request is under way: one that can be closed would wait for it. */
    private void close() {
        if (client instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                // It is of no use any more, closed or not.
            }
        }
        threads.interrupt();
        workers.shutdownNow();
    }
}
