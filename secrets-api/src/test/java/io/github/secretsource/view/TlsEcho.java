package io.github.secretsource.view;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * A TLS server on the loopback interface, and connections to it. For each byte that a client sends, the server answers
 * with the serial number of the certificate that it saw the client show, 0 if none.
 */
final class TlsEcho implements AutoCloseable {
    private static final int PATIENCE = 10_000;

    private final SSLServerSocket socket;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<SSLSocket> accepted = ConcurrentHashMap.newKeySet();

    private TlsEcho(SSLServerSocket socket) {
        this.socket = socket;
        threads.execute(this::accept);
    }

    static TlsEcho start(SSLContext context) throws IOException {
        return new TlsEcho(socket(context));
    }

    /** One that refuses clients without a certificate. */
    static TlsEcho startMutual(SSLContext context) throws IOException {
        var socket = socket(context);
        socket.setNeedClientAuth(true);
        return new TlsEcho(socket);
    }

    private static SSLServerSocket socket(SSLContext context) throws IOException {
        return (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private void accept() {
        try {
            while (true) {
                var connection = (SSLSocket) socket.accept();
                accepted.add(connection);
                threads.execute(() -> answer(connection));
            }
        } catch (IOException e) { // the server is closed
        }
    }

    private void answer(SSLSocket connection) {
        try (connection) {
            while (connection.getInputStream().read() >= 0) {
                connection.getOutputStream().write((int) clientSerial(connection.getSession()));
                connection.getOutputStream().flush();
            }
        } catch (IOException e) { // the client sees it too
        } finally {
            accepted.remove(connection);
        }
    }

    private static long clientSerial(SSLSession session) {
        try {
            return serial(session);
        } catch (SSLPeerUnverifiedException e) {
            return 0;
        }
    }

    private static long serial(SSLSession session) throws SSLPeerUnverifiedException {
        return ((X509Certificate) session.getPeerCertificates()[0])
                .getSerialNumber()
                .longValueExact();
    }

    /** A connection whose handshake is done, in the newest protocol that both sides know. */
    Connection connect(SSLContext context) throws IOException {
        return connect(context, "TLSv1.3");
    }

    /** A connection whose handshake is done; the name in the server's certificate is checked. */
    Connection connect(SSLContext context, String protocol) throws IOException {
        var client = (SSLSocket) context.getSocketFactory().createSocket("localhost", socket.getLocalPort());
        try {
            client.setSoTimeout(PATIENCE);
            client.setEnabledProtocols(new String[] {protocol});
            var parameters = client.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            client.setSSLParameters(parameters);
            client.startHandshake();
            var connection = new Connection(client);
            connection.clientSerial(); // only now has the server accepted the client
            return connection;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** The client's side of a connection. */
    record Connection(SSLSocket client) implements AutoCloseable {

        /** The serial number of the server's certificate. */
        long serverSerial() throws IOException {
            return serial(client.getSession());
        }

        /** The serial number of the client's certificate, as the server saw it; asks the server. */
        long clientSerial() throws IOException {
            client.getOutputStream().write(1);
            client.getOutputStream().flush();
            int seen = client.getInputStream().read();
            if (seen < 0) {
                throw new IOException("the server closed the connection");
            }
            return seen;
        }

        /** When the session began that this connection belongs to, in milliseconds of the wall clock. */
        long began() {
            return client.getSession().getCreationTime();
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (SSLSocket connection : accepted) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
