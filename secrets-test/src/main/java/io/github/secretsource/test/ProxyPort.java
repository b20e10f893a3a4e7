package io.github.secretsource.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loopback port that is ours from the start, and listens or refuses. The lock is held while it changes between the
 * two; the thread that accepts never takes it. Safe for concurrent use.
 */
final class ProxyPort {
    private static final int BACKLOG = 50;
    private static final Duration ACCEPT_ENDS_WITHIN = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILED_ACCEPT = Duration.ofMillis(10);

    private final ReentrantLock lock = new ReentrantLock();
    private final ProxyThreads threads;
    private final Consumer<Socket> onAccept;
    private final InetSocketAddress address;
    private Socket holder; // guarded by lock
    private @Nullable Listening listening; // guarded by lock
    private boolean closed; // guarded by lock

    /** A free port, refusing. */
    ProxyPort(ProxyThreads threads, Consumer<Socket> onAccept) throws IOException {
        this.threads = threads;
        this.onAccept = onAccept;
        this.holder = hold(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.address = new InetSocketAddress(holder.getLocalAddress(), holder.getLocalPort());
    }

    InetSocketAddress address() {
        return address;
    }

    void open() {
        lock.lock();
        try {
            requireOpen();
            if (listening == null) {
                holder.close();
                var socket = new ServerSocket(address.getPort(), BACKLOG, address.getAddress());
                listening = new Listening(socket, threads.start("fault-proxy-accept", () -> accept(socket)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    void refuse() {
        lock.lock();
        try {
            requireOpen();
            if (listening != null) {
                listening.end();
                listening = null;
                holder = hold(address);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            holder.close();
            if (listening != null) {
                listening.end();
                listening = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the proxy is closed");
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                onAccept.accept(socket.accept());
            } catch (IOException e) {
                // Closed, which ends the loop, or out of descriptors, which may pass.
                LockSupport.parkNanos(AFTER_FAILED_ACCEPT.toNanos());
            }
        }
    }

    /**
     * A socket that is bound and does not listen: nobody else gets the port, no client connects to itself, the kernel
     * refuses.
     */
    private static Socket hold(InetSocketAddress address) throws IOException {
        var socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(address);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private record Listening(ServerSocket socket, Thread acceptor) {
        /** The kernel listens until the accepting thread has left its call. */
        void end() throws IOException {
            socket.close();
            ProxyThreads.join(acceptor, ACCEPT_ENDS_WITHIN);
        }
    }
}
