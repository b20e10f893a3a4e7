package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server on this machine that does what a real one will not: its script sees a request and the connection, and writes
 * whatever it likes. Keeps all bytes that it received, after TLS. Safe for concurrent use.
 */
final class FakeVault implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final ServerSocket port;
    private final @Nullable SSLContext tls;
    private final boolean demanding;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final Set<FakeConnection> open = ConcurrentHashMap.newKeySet();
    private final List<String> subjects = new CopyOnWriteArrayList<>();
    private volatile Script script;

    /** What the server does with a request. */
    @FunctionalInterface
    interface Script {
        void answer(VaultRequest request, FakeConnection connection) throws IOException;
    }

    private FakeVault(@Nullable SSLContext tls, boolean demanding, Script script) {
        this.tls = tls;
        this.demanding = demanding;
        this.script = script;
        try {
            port = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon("fake-vault-accept", this::accept);
    }

    /** Serves plain http. */
    static FakeVault plain(Script script) {
        return new FakeVault(null, false, script);
    }

    /** Serves https. */
    static FakeVault secure(SSLContext tls, Script script) {
        return new FakeVault(tls, false, script);
    }

    /** Serves https to clients that show a certificate. */
    static FakeVault demanding(SSLContext tls, Script script) {
        return new FakeVault(tls, true, script);
    }

    static Script serving(Routes routes) {
        return (request, connection) -> connection.reply(routes.answer(request));
    }

    FakeVault now(Script other) {
        script = other;
        return this;
    }

    URI address() {
        return URI.create((tls == null ? "http" : "https") + "://localhost:" + port.getLocalPort());
    }

    int connections() {
        return connections.get();
    }

    int requests() {
        return requests.get();
    }

    int openConnections() {
        return open.size();
    }

    /** Whom the certificates of the clients are for. */
    List<String> subjects() {
        return List.copyOf(subjects);
    }

    /** All that was received so far. */
    String received() {
        synchronized (received) {
            return received.toString(ISO_8859_1);
        }
    }

    private static void daemon(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!port.isClosed()) {
            try {
                Socket socket = port.accept();
                connections.incrementAndGet();
                daemon("fake-vault-serve", () -> serve(socket));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket raw) {
        try (var connection = new FakeConnection(raw, layered(raw))) {
            open.add(connection);
            var in = new BufferedInputStream(connection.in());
            VaultRequest request = read(in);
            while (request != null) {
                requests.incrementAndGet();
                script.answer(request, connection);
                request = connection.isClosed() ? null : read(in);
            }
        } catch (IOException e) {
            // The other side went away, or the script sent it away.
        } finally {
            open.removeIf(FakeConnection::isClosed);
        }
    }

    private Socket layered(Socket raw) throws IOException {
        if (tls == null) {
            return raw;
        }
        var secure = (SSLSocket) tls.getSocketFactory().createSocket(raw, "localhost", raw.getPort(), true);
        secure.setUseClientMode(false);
        secure.setNeedClientAuth(demanding);
        secure.startHandshake();
        if (demanding) {
            var certificate = (X509Certificate) secure.getSession().getPeerCertificates()[0];
            subjects.add(certificate.getSubjectX500Principal().toString());
        }
        return secure;
    }

    private @Nullable VaultRequest read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                throw new IOException("no HTTP");
            }
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
        keep(body);
        String[] words = first.split(" ", -1);
        return new VaultRequest(words[0], words[1], true, headers, body);
    }

    private @Nullable String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        int one = in.read();
        while (one >= 0 && one != '\n') {
            line.write(one);
            one = in.read();
        }
        line.write('\n');
        keep(line.toByteArray());
        return one < 0 ? null : line.toString(ISO_8859_1).strip();
    }

    private void keep(byte[] bytes) {
        synchronized (received) {
            received.writeBytes(bytes);
        }
    }

    /** Closes all connections, as a restart does; new ones are accepted. */
    void dropConnections() {
        open.forEach(FakeConnection::close);
        open.clear();
    }

    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            dropConnections();
        }
    }
}
