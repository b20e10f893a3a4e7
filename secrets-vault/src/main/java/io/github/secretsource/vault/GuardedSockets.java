package io.github.secretsource.vault;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets to one host and port and to no other, so that a redirect elsewhere fails before a byte is sent. The JDK
 * keeps connections by their factory: one factory means that connections are used again.
 */
final class GuardedSockets extends SSLSocketFactory {
    private final SSLSocketFactory tls;
    private final String host;
    private final int port;
    private final DriverCalls calls;

    GuardedSockets(SSLSocketFactory tls, URI address, DriverCalls calls) {
        this.tls = tls;
        this.host = address.getHost();
        this.port = Addresses.port(address);
        this.calls = calls;
    }

    /** Lets the JDK make the socket, with its proxies and timeouts, and hand it in for TLS: the next method. */
    @Override
    public Socket createSocket() throws IOException {
        var unsupported = new SocketException("no socket without a host");
        unsupported.initCause(new UnsupportedOperationException());
        throw unsupported;
    }

    @Override
    public Socket createSocket(Socket socket, String toHost, int toPort, boolean autoClose) throws IOException {
        if (!host.equalsIgnoreCase(toHost) || port != toPort) {
            socket.close();
            throw new OtherOriginException();
        }
        DriverCalls.Call call = calls.current();
        if (call != null && !call.mayConnect()) {
            socket.close();
            throw new SocketException("not sent twice");
        }
        calls.opened(socket);
        return named(tls.createSocket(new GuardedSocket(socket, calls), toHost, toPort, autoClose));
    }

    /** Has the host name checked in the handshake: later the JDK asks a verifier that the application may have replaced. */
    private static Socket named(Socket made) throws IOException {
        if (!(made instanceof SSLSocket secure)) {
            made.close();
            throw new SocketException("no TLS");
        }
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        return secure;
    }

    @Override
    public Socket createSocket(String toHost, int toPort) throws IOException {
        throw new OtherOriginException();
    }

    @Override
    public Socket createSocket(String toHost, int toPort, InetAddress from, int fromPort) throws IOException {
        throw new OtherOriginException();
    }

    @Override
    public Socket createSocket(InetAddress to, int toPort) throws IOException {
        throw new OtherOriginException();
    }

    @Override
    public Socket createSocket(InetAddress to, int toPort, InetAddress from, int fromPort) throws IOException {
        throw new OtherOriginException();
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return tls.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.getSupportedCipherSuites();
    }
}
