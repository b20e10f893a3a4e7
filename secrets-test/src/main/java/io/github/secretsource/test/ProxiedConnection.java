package io.github.secretsource.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * One accepted connection and its twin to the target; the answer thread applies the faults. Safe for concurrent use.
 */
final class ProxiedConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int CHUNK = 8192;

    private final Socket client;
    private final Socket target = new Socket();
    private final FaultSwitch faults;
    private final LongAdder bytesFromTarget;
    private final AtomicInteger directionsEnded = new AtomicInteger();
    private Fault counted = Fault.none(); // answer thread only
    private long passed; // answer thread only

    ProxiedConnection(Socket client, FaultSwitch faults, LongAdder bytesFromTarget) {
        this.client = client;
        this.faults = faults;
        this.bytesFromTarget = bytesFromTarget;
    }

    void start(InetSocketAddress address, ProxyThreads threads, Runnable whenClosed) {
        threads.start(
                "fault-proxy-answer",
                () -> pump(whenClosed, () -> {
                    connect(address);
                    threads.start("fault-proxy-request", () -> pump(whenClosed, this::passRequests));
                    passAnswers();
                }));
    }

    void close() {
        closeQuietly(client);
        closeQuietly(target);
    }

    void reset() {
        try {
            client.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already: there is nothing left to reset.
        }
        close();
    }

    private void pump(Runnable whenClosed, Direction direction) {
        try {
            direction.run();
            if (directionsEnded.incrementAndGet() == 2) {
                close();
            }
        } catch (IOException e) {
            reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reset();
        }
        if (client.isClosed()) {
            whenClosed.run();
        }
    }

    private void connect(InetSocketAddress address) throws IOException, InterruptedException {
        faults.awaitFlow();
        target.connect(address, Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
        target.setTcpNoDelay(true);
        client.setTcpNoDelay(true);
    }

    private void passRequests() throws IOException, InterruptedException {
        var chunk = new byte[CHUNK];
        for (int length = client.getInputStream().read(chunk); length >= 0; ) {
            faults.awaitFlow();
            target.getOutputStream().write(chunk, 0, length);
            length = client.getInputStream().read(chunk);
        }
        target.shutdownOutput();
    }

    private void passAnswers() throws IOException, InterruptedException {
        var chunk = new byte[CHUNK];
        for (int length = target.getInputStream().read(chunk); length >= 0; ) {
            bytesFromTarget.add(length);
            pass(chunk, length);
            length = target.getInputStream().read(chunk);
        }
        if (!client.isOutputShutdown()) {
            client.shutdownOutput();
        }
    }

    private void pass(byte[] chunk, int length) throws IOException, InterruptedException {
        int from = 0;
        while (from < length && !client.isClosed() && !client.isOutputShutdown()) {
            var fault = faults.current();
            if (faults.pause(fault)) {
                from += passPortion(fault, chunk, from, length);
            }
        }
    }

    private int passPortion(Fault fault, byte[] chunk, int from, int length) throws IOException {
        passed = fault == counted ? passed : 0;
        counted = fault;
        int room = fault.room(passed, length - from);
        client.getOutputStream().write(chunk, from, room);
        passed += room;
        if (fault.endsAt(passed)) {
            end(fault.ending());
        }
        return room;
    }

    private void end(Fault.Ending ending) throws IOException {
        switch (ending) {
            case RESET -> reset();
            case CLOSE -> close();
            case HALF_CLOSE -> client.shutdownOutput();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    /** The work of one thread. */
    private interface Direction {
        void run() throws IOException, InterruptedException;
    }
}
