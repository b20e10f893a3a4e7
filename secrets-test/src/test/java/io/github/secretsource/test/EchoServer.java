package io.github.secretsource.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Sends back what it receives, and counts. Safe for concurrent use. */
final class EchoServer implements AutoCloseable {
    private static final Duration END_WITHIN = Duration.ofSeconds(1);

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder received = new LongAdder();

    private final ProxyThreads threads = new ProxyThreads();
    private final Thread acceptor = run(this::accept);

    private EchoServer() throws IOException {}

    static EchoServer start() throws IOException {
        return new EchoServer();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    long received() {
        return received.sum();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        ProxyThreads.join(acceptor, END_WITHIN);
        for (var socket : open) {
            socket.close();
        }
        threads.join(END_WITHIN);
    }

    private void accept() throws IOException {
        while (true) {
            var socket = listener.accept();
            connections.incrementAndGet();
            open.add(socket);
            run(() -> echo(socket));
        }
    }

    private void echo(Socket socket) throws IOException {
        var chunk = new byte[4096];
        try (socket) {
            socket.setTcpNoDelay(true);
            for (int length = socket.getInputStream().read(chunk); length >= 0; ) {
                received.add(length);
                socket.getOutputStream().write(chunk, 0, length);
                length = socket.getInputStream().read(chunk);
            }
        }
    }

    private Thread run(Work work) {
        return threads.start("echo", () -> {
            try {
                work.run();
            } catch (IOException e) {
                // Closed by one side or the other: this thread has nothing more to do.
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }
}
