package io.github.secretsource.vault;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the sockets below the driver know of the call that they serve: the driver and the JDK read and write a connection
 * on the thread that makes the call. Safe for concurrent use.
 */
final class DriverCalls implements AutoCloseable {
    private static final long MILLI = 1_000_000;

    @SuppressWarnings("ThreadLocalUsage") // of a source, which may have another clock; removed after each call
    private final ThreadLocal<@Nullable Call> current = new ThreadLocal<>();

    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final LongSupplier clock;
    private volatile boolean closed;

    /** One call; used by its thread alone. */
    static final class Call {
        private final long deadline;
        private final boolean repeatable;
        private boolean wrote;
        private boolean tooLarge;

        private Call(long deadline, boolean repeatable) {
            this.deadline = deadline;
            this.repeatable = repeatable;
        }

        /** Something was written to a connection on its behalf. */
        void writes() {
            wrote = true;
        }

        /** More came than an answer may have; the driver makes an empty answer of that. */
        void isTooLarge() {
            tooLarge = true;
        }

        boolean wasTooLarge() {
            return tooLarge;
        }

        boolean wroteNothing() {
            return !wrote;
        }

        /** Whether a connection may be opened: the JDK opens another to repeat what it has sent over an old one. */
        boolean mayConnect() {
            return repeatable || !wrote;
        }
    }

    DriverCalls(LongSupplier clock) {
        this.clock = clock;
    }

    /** Begins a call on this thread; {@link #end} ends it. */
    Call begin(long deadline, boolean repeatable) {
        var call = new Call(deadline, repeatable);
        current.set(call);
        return call;
    }

    void end() {
        current.remove();
    }

    @Nullable
    Call current() {
        return current.get();
    }

    /** How long this thread's call has, in milliseconds rounded up; zero or less if it is over or there is none. */
    int millis() {
        Call call = current.get();
        return call == null ? 0 : millis(call.deadline);
    }

    int millis(long deadline) {
        return (int) Math.min(Integer.MAX_VALUE, (deadline - clock.getAsLong() + MILLI - 1) / MILLI);
    }

    /** Keeps a connection, to close it in the end. One whose TLS settings have changed is closed by the JDK when idle. */
    void opened(Socket socket) throws IOException {
        open.removeIf(Socket::isClosed);
        open.add(socket);
        if (closed) {
            socket.close();
            throw new SocketException("closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is of no use any more, closed or not.
            }
        }
        open.clear();
    }
}
