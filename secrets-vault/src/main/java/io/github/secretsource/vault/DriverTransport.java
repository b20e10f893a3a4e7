package io.github.secretsource.vault;

import com.bettercloud.vault.rest.Rest;
import com.bettercloud.vault.rest.RestException;
import com.bettercloud.vault.rest.RestResponse;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Sends https requests without a token, which logins are, by the low level of the Vault driver. What the driver leaves open is guarded from below: {@link
 * GuardedSockets} and {@link GuardedSocket}.
 */
final class DriverTransport implements VaultTransport {
    private static final int CONNECT_SECONDS = 2;
    private static final int MAX_CAUSES = 10;
    private static final String NO_TUNNEL = "Unable to tunnel through proxy"; // as the JDK says it
    private static final String PROXY_WANTS_USER = "(?s).*" + NO_TUNNEL + ".*HTTP/1\\.\\d 407.*";

    private final TlsSettings tls;
    private final DriverCalls calls;
    private final Map<URI, Guarded> guarded = new ConcurrentHashMap<>();

    /** The sockets to an address as long as the TLS settings are the same. */
    private record Guarded(SSLContext from, SSLContext context) {}

    DriverTransport(TlsSettings tls, LongSupplier clock) {
        this.tls = tls;
        this.calls = new DriverCalls(clock);
    }

    @Override
    public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
        SSLContext context = context(address);
        int seconds = Math.max(1, (calls.millis(deadline) + 999) / 1000);
        var rest = new Rest()
                .url(address + request.path())
                .sslVerification(true)
                .sslContext(context)
                .connectTimeoutSeconds(Math.min(CONNECT_SECONDS, seconds))
                .readTimeoutSeconds(seconds);
        request.headers().forEach(rest::header);
        byte[] body = request.body();
        if (body != null) {
            rest.header("Content-Type", "application/json").body(body);
        }
        DriverCalls.Call call = calls.begin(deadline, request.repeatable());
        try {
            return reply(request.method().equals("GET") ? rest.get() : rest.post(), call, deadline);
        } catch (RestException | RuntimeException e) { // a NullPointerException is an error answered without a body
            if (has(e, OtherOriginException.class)) {
                return new VaultReply(307, Optional.empty(), new byte[0]);
            }
            if (String.valueOf(e.getMessage()).matches(PROXY_WANTS_USER)) {
                return new VaultReply(407, Optional.empty(), new byte[0]);
            }
            throw failure(e, call, deadline);
        } finally {
            calls.end();
        }
    }

    private VaultReply reply(RestResponse response, DriverCalls.Call call, long deadline) throws TransportException {
        byte[] body = response.getBody() == null ? new byte[0] : response.getBody();
        if (call.wasTooLarge() || body.length > VaultReply.MAX_BODY) {
            throw tooLarge();
        }
        if (body.length == 0 && calls.millis(deadline) <= 0) {
            // The driver makes an empty body of one that broke off.
            throw tooLate();
        }
        return new VaultReply(response.getStatus(), Optional.empty(), body);
    }

    private SSLContext context(URI address) throws TransportException {
        SSLContext now = tls.context();
        return guarded.compute(
                        address,
                        (same, before) -> before != null && before.from() == now ? before : fresh(now, address))
                .context();
    }

    private Guarded fresh(SSLContext now, URI address) {
        return new Guarded(now, new FixedFactory(new GuardedSockets(now.getSocketFactory(), address, calls)));
    }

    /** Looks at the classes of what the driver wrapped; texts of it may hold the token. */
    private TransportException failure(Exception thrown, DriverCalls.Call call, long deadline) {
        if (call.wasTooLarge()) {
            return tooLarge();
        }
        if (calls.millis(deadline) <= 0) {
            return tooLate();
        }
        if (has(thrown, ConnectException.class) || has(thrown, NoRouteToHostException.class)) {
            return new TransportException(TransportException.Stage.UNSENT, "refused the connection");
        }
        if (has(thrown, UnknownHostException.class)) {
            return new TransportException(TransportException.Stage.UNSENT, "has a host name that is not known");
        }
        if (TlsProblem.isBeforeRequest(thrown)) {
            return new TransportException(TransportException.Stage.UNSENT, TlsProblem.of(thrown));
        }
        if (has(thrown, SocketTimeoutException.class)) {
            return new TransportException(TransportException.Stage.UNSENT, "did not take the connection in time");
        }
        if (String.valueOf(thrown.getMessage()).contains(NO_TUNNEL)) {
            return new TransportException(
                    TransportException.Stage.UNSENT, "is behind a proxy that lets nobody through to it");
        }
        if (has(thrown, NullPointerException.class)) {
            return new TransportException(TransportException.Stage.SENT, "answered with an error that has no body");
        }
        if (call.wroteNothing()) { // for want of a descriptor, say, or after close
            return new TransportException(TransportException.Stage.UNSENT, "cannot be connected to");
        }
        return new TransportException(TransportException.Stage.SENT, "broke the connection off");
    }

    private static boolean has(Throwable thrown, Class<? extends Exception> type) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (type.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static TransportException tooLarge() {
        return new TransportException(TransportException.Stage.SENT, "answered with more than 2 MiB");
    }

    private static TransportException tooLate() {
        return new TransportException(TransportException.Stage.SENT, "did not answer in time");
    }

    @Override
    public void close() {
        calls.close();
    }

    /** Answers each question for a socket factory with the same one; the driver asks before each request. */
    private static final class FixedFactory extends SSLContext {
        FixedFactory(SSLSocketFactory factory) {
            super(new FixedSpi(factory), null, "TLS");
        }
    }

    private static final class FixedSpi extends SSLContextSpi {
        private final SSLSocketFactory factory;

        FixedSpi(SSLSocketFactory factory) {
            this.factory = factory;
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return factory;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("fixed");
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw new UnsupportedOperationException();
        }
    }
}
