package io.github.secretsource.test;

import static io.github.secretsource.test.Fault.Ending.CLOSE;
import static io.github.secretsource.test.Fault.Ending.HALF_CLOSE;
import static io.github.secretsource.test.Fault.Ending.RESET;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A TCP proxy on the loopback address, in front of a real server, that misbehaves on command.
 *
 * <pre>
 * try (var proxy = FaultProxy.before(server)) {
 *     proxy.resetAfter(10);
 *     // connect to proxy.address(): the answer breaks off after 10 bytes
 * }
 * </pre>
 *
 * <p>A mode holds until the next one is set, for new connections and for those that are open; it starts with {@link
 * #pass}. Faults act on answers, what the target sends; requests pass, except in a {@link #hole}. A limit in bytes
 * counts, on each connection, what passed since the mode was set. Time is real.
 *
 * <p>Once the proxy is closed, setting a mode throws {@link IllegalStateException}. Safe for concurrent use.
 */
public final class FaultProxy implements AutoCloseable {
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final InetSocketAddress target;
    private final ProxyThreads threads = new ProxyThreads();
    private final FaultSwitch faults = new FaultSwitch();
    private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder bytesFromTarget = new LongAdder();
    private final ProxyPort port;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.port = new ProxyPort(threads, this::serve);
    }

    /**
     * Starts a proxy in front of the target, on a free port. The target need not be up yet.
     *
     * @param target where connections are passed on to
     * @return the proxy, in the mode {@link #pass}
     * @throws UncheckedIOException if no port can be opened
     */
    public static FaultProxy before(InetSocketAddress target) {
        try {
            var proxy = new FaultProxy(target);
            proxy.port.open();
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns where clients connect; the same for the life of the proxy.
     *
     * @return a loopback address with a port
     */
    public InetSocketAddress address() {
        return port.address();
    }

    /**
     * Returns how many connections were accepted so far, whatever became of them.
     *
     * @return the number since the start
     */
    public int connections() {
        return connections.get();
    }

    /**
     * Returns how many bytes the target sent so far, whether or not they were passed on.
     *
     * @return the number over all connections
     */
    public long bytesFromTarget() {
        return bytesFromTarget.sum();
    }

    /** Passes everything on at once, also what a delay, drip or hole held back. */
    public void pass() {
        set(Fault.none());
    }

    /**
     * Waits before each chunk of an answer.
     *
     * @param beforeEachChunk how long; positive
     */
    public void delay(Duration beforeEachChunk) {
        set(Fault.delay(beforeEachChunk));
    }

    /**
     * Sends answers one byte at a time.
     *
     * @param beforeEachByte how long to wait before each byte; positive
     */
    public void drip(Duration beforeEachByte) {
        set(Fault.drip(beforeEachByte));
    }

    /**
     * Accepts connections, passes nothing on and answers nothing, like a stopped process; the next mode lets it all go
     * on.
     */
    public void hole() {
        set(Fault.hole());
    }

    /**
     * Refuses connections and closes the open ones, like a process that ended; the next mode listens on the same port
     * again.
     */
    public void refuse() {
        port.refuse();
        open.forEach(ProxiedConnection::close);
        faults.set(Fault.none());
    }

    /**
     * Resets a connection (RST) after part of the answer.
     *
     * @param bytes how many pass before; with 0 the reset comes when the first would
     */
    public void resetAfter(long bytes) {
        set(Fault.endAfter(bytes, RESET));
    }

    /**
     * Closes a connection in the orderly way (FIN) after part of the answer.
     *
     * @param bytes how many pass before; with 0 the end comes when the first would
     */
    public void cutAfter(long bytes) {
        set(Fault.endAfter(bytes, CLOSE));
    }

    /**
     * Ends the answer before its first byte, and goes on taking requests. A connection half-closed stays so in later
     * modes.
     */
    public void halfClose() {
        set(Fault.endAfter(0, HALF_CLOSE));
    }

    /** Ends all connections and threads, within 1 s. A second call does nothing. */
    @Override
    public void close() {
        port.close();
        open.forEach(ProxiedConnection::close);
        faults.close();
        threads.join(CLOSE_LIMIT);
    }

    private void set(Fault fault) {
        faults.set(fault);
        port.open();
    }

    private void serve(Socket client) {
        connections.incrementAndGet();
        var connection = new ProxiedConnection(client, faults, bytesFromTarget);
        open.add(connection);
        connection.start(target, threads, () -> open.remove(connection));
    }
}
