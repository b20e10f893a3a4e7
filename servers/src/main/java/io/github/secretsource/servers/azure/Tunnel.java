package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** A proxy that knows the CONNECT method alone: how clients reach the fake under the names of the service. */
final class Tunnel implements AutoCloseable {
    private static final int LONGEST_REQUEST = 8_192;

    private final ServerSocket socket;
    private final Executor threads;
    private final Function<String, Optional<InetSocketAddress>> hosts;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Hosts are asked for names without the port. */
    Tunnel(Executor threads, Function<String, Optional<InetSocketAddress>> hosts) {
        this.threads = threads;
        this.hosts = hosts;
        try {
            socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
    }

    @Override
    public void close() {
        shut(socket);
        open.forEach(Tunnel::shut);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                open.add(client);
                threads.execute(() -> connect(client));
            } catch (IOException e) {
                // Closed: the loop ends.
            }
        }
    }

    private void connect(Socket client) {
        try (client) {
            String[] words = request(client.getInputStream()).split(" ", -1);
            String host = words.length > 1 ? words[1].replaceFirst(":\\d+$", "") : "";
            Optional<InetSocketAddress> target = words[0].equals("CONNECT") ? hosts.apply(host) : Optional.empty();
            if (target.isEmpty()) {
                answer(client, "502 Bad Gateway");
                return;
            }
            join(client, target.get());
        } catch (IOException e) {
            // One of the two hung up, and the other is told by the closed socket.
        } finally {
            open.remove(client);
        }
    }

    private void join(Socket client, InetSocketAddress address) throws IOException {
        try (var target = new Socket()) {
            try {
                target.connect(address);
            } catch (IOException e) {
                answer(client, "502 Bad Gateway");
                return;
            }
            open.add(target);
            answer(client, "200 Connection established");
            threads.execute(() -> copy(target, client));
            copy(client, target);
            open.remove(target);
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            shut(from);
            shut(to);
        }
    }

    private static String request(InputStream in) throws IOException {
        var read = new StringBuilder();
        while (read.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0 || read.length() > LONGEST_REQUEST) {
                throw new IOException("no request");
            }
            read.append((char) next);
        }
        return read.substring(0, read.indexOf("\r\n"));
    }

    private static void answer(Socket client, String status) throws IOException {
        client.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(ISO_8859_1));
    }

    private static void shut(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // It is of no use any more.
        }
    }
}
