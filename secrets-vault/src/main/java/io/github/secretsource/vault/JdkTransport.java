package io.github.secretsource.vault;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests by the JDK's client: all that carry a token, all by plain http, and all that go through a proxy. The
 * driver's connections log each header, the token among them, when somebody sets the JDK's own loggers to {@code FINE};
 * and without TLS, or before a proxy has let it through, its sockets are not ours to guard. Of the client {@code send} is
 * used: {@code sendAsync} hands each answer to a thread of the JVM's common pool, or to a new one.
 */
final class JdkTransport implements VaultTransport {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final String NOT_AUTHENTICATED = "(?i).*(credentials|authenticat).*"; // as the JDK says it
    private static final String NO_TUNNEL = "Tunnel failed"; // as the JDK says it

    private final TlsSettings tls;
    private final LongSupplier clock;
    private final Set<Thread> callers = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock(); // held to make clients and to let them go
    private volatile @Nullable Secure secure;
    private volatile @Nullable OwnHttpClient plain;
    private volatile boolean closed;

    /** The client for https as long as the TLS settings are the same. */
    private record Secure(SSLContext from, OwnHttpClient own) {}

    JdkTransport(TlsSettings tls, LongSupplier clock) {
        this.tls = tls;
        this.clock = clock;
    }

    /** A client for a request, which lets it go. */
    private OwnHttpClient client(URI address) throws TransportException {
        SSLContext context = Addresses.isPlain(address) ? null : tls.context();
        OwnHttpClient ready = ready(context);
        if (ready != null && ready.hold()) {
            return ready;
        }
        var replaced = new ArrayList<OwnHttpClient>(1);
        lock.lock();
        try {
            if (closed) {
                throw unsent("is not asked any more");
            }
            OwnHttpClient other = ready(context);
            OwnHttpClient mine = other != null ? other : made(context, replaced);
            boolean unused = mine.hold(); // Under the lock nobody lets go of what is in use.
            return mine;
        } finally {
            lock.unlock();
            replaced.forEach(OwnHttpClient::release);
        }
    }

    private @Nullable OwnHttpClient ready(@Nullable SSLContext context) {
        Secure one = secure;
        OwnHttpClient other = plain;
        if (closed) {
            return null;
        }
        if (context == null) {
            return other;
        }
        return one != null && one.from() == context ? one.own() : null;
    }

    private OwnHttpClient made(@Nullable SSLContext context, List<OwnHttpClient> replaced) throws TransportException {
        if (context == null) {
            OwnHttpClient made = made(builder().proxy(HttpClient.Builder.NO_PROXY));
            plain = made;
            return made;
        }
        OwnHttpClient made = made(builder().sslContext(context));
        Secure before = secure;
        if (before != null) {
            replaced.add(before.own());
        }
        secure = new Secure(context, made);
        return made;
    }

    private static OwnHttpClient made(HttpClient.Builder builder) throws TransportException {
        try {
            return new OwnHttpClient(builder);
        } catch (ExecutionException e) {
            throw noneLeft();
        }
    }

    /** Whether the way to an address leads through a proxy of the only kind that the JDK's client knows. */
    static boolean leadsThroughProxy(URI address) {
        ProxySelector proxies = ProxySelector.getDefault();
        try {
            return proxies != null
                    && proxies.select(address).stream().anyMatch(proxy -> proxy.type() == Proxy.Type.HTTP);
        } catch (RuntimeException e) {
            return true; // It is the application's, and refuses to say: so it will to the client.
        }
    }

    private static HttpClient.Builder builder() {
        ProxySelector proxies = ProxySelector.getDefault();
        var builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies == null ? HttpClient.Builder.NO_PROXY : proxies)
                .connectTimeout(CONNECT_LIMIT);
        // One that has nothing to say makes an error without a status of each answer that asks for it.
        return Authenticator.getDefault() == null ? builder : builder.authenticator(new ProxyAuthenticator());
    }

    @Override
    public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
        OwnHttpClient client = client(address);
        Thread caller = Thread.currentThread();
        callers.add(caller);
        try {
            if (closed) {
                throw unsent("is not asked any more");
            }
            return reply(client.client(), address, request, deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closed ? brokenOff() : sent("was not waited for");
        } finally {
            callers.remove(caller);
            client.release();
        }
    }

    /** The head of an answer must be there by the deadline, and then its body. */
    private VaultReply reply(HttpClient client, URI address, VaultRequest request, long deadline)
            throws TransportException, InterruptedException {
        try {
            HttpRequest message = message(address, request, left(deadline));
            HttpResponse<BoundedBody> response = client.send(message, head -> new BoundedBody());
            BoundedBody body = response.body(); // Null, where a proxy has answered instead of the server.
            byte[] bytes = body == null ? new byte[0] : body.bytes(left(deadline));
            return new VaultReply(response.statusCode(), retryAfter(response.headers()), bytes);
        } catch (TimeoutException e) {
            throw late();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (IOException e) {
            throw failure(e.getCause() == null ? e : e.getCause()); // As it was before it changed threads.
        } catch (RejectedExecutionException e) {
            throw unsent("cannot be asked by this client");
        } catch (RuntimeException e) {
            throw brokenOff();
        }
    }

    private long left(long deadline) {
        return deadline - clock.getAsLong();
    }

    /** In seconds, also where the server names a moment, which is one of its own clock. */
    private static Optional<String> retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After").map(text -> {
            try {
                Instant until = Instant.from(RFC_1123_DATE_TIME.parse(text));
                Instant now = Instant.from(
                        RFC_1123_DATE_TIME.parse(headers.firstValue("Date").orElse("")));
                return Long.toString(Math.max(0, Duration.between(now, until).toSeconds()));
            } catch (DateTimeException e) {
                return text;
            }
        });
    }

    private static HttpRequest message(URI address, VaultRequest request, long nanos) {
        byte[] body = request.body();
        var message = HttpRequest.newBuilder(URI.create(address + request.path()))
                .timeout(Duration.ofNanos(Math.max(1, nanos)))
                .method(request.method(), body == null ? nothing(request) : BodyPublishers.ofByteArray(body));
        request.headers().forEach(message::setHeader);
        if (body != null) {
            message.setHeader("Content-Type", "application/json");
        }
        return message.build();
    }

    private static BodyPublisher nothing(VaultRequest request) {
        return request.repeatable() ? BodyPublishers.noBody() : new Once();
    }

    /**
     * No body, for a request that must not be sent twice: the JDK's client repeats each GET whose connection breaks before
     * the answer, and asks for the length of the body each time that it writes the head.
     */
    private static final class Once implements BodyPublisher {
        private final BodyPublisher nothing = BodyPublishers.noBody();
        private final AtomicBoolean sent = new AtomicBoolean();

        @Override
        public long contentLength() {
            if (sent.getAndSet(true)) {
                throw new IllegalStateException("not sent twice");
            }
            return 0;
        }

        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            nothing.subscribe(subscriber);
        }
    }

    private static TransportException failure(@Nullable Throwable cause) {
        if (cause instanceof InternalError) { // So the JDK says that it got no socket.
            return noneLeft();
        }
        if (cause instanceof BoundedBody.TooLargeException) {
            return sent("answered with more than 2 MiB");
        }
        if (cause instanceof SSLException && TlsProblem.isBeforeRequest(cause)) {
            return unsent(TlsProblem.of(cause));
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return unsent("did not take the connection in time");
        }
        if (cause instanceof HttpTimeoutException) {
            return late();
        }
        if (cause instanceof ConnectException) {
            return unsent(isUnknownHost(cause) ? "has a host name that is not known" : "refused the connection");
        }
        if (cause instanceof IOException && String.valueOf(cause.getMessage()).matches(NOT_AUTHENTICATED)) {
            return new TransportException(
                    TransportException.Stage.SENT,
                    "or a proxy before it wants a user and a password",
                    "let the default java.net.Authenticator give them for the proxy");
        }
        if (String.valueOf(cause == null ? null : cause.getMessage()).startsWith(NO_TUNNEL)) {
            return unsent("is behind a proxy that lets nobody through to it");
        }
        return brokenOff();
    }

    private static TransportException noneLeft() {
        return new TransportException(
                TransportException.Stage.UNSENT,
                "cannot be connected to: this process can open no connection",
                "look at how many files and threads this process has, and may have");
    }

    private static TransportException late() {
        return sent("did not answer in time");
    }

    private static TransportException brokenOff() {
        return sent("broke the connection off");
    }

    private static TransportException sent(String problem) {
        return new TransportException(TransportException.Stage.SENT, problem);
    }

    private static TransportException unsent(String problem) {
        return new TransportException(TransportException.Stage.UNSENT, problem);
    }

    private static boolean isUnknownHost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof UnresolvedAddressException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true; // No other is made from now on.
        } finally {
            lock.unlock();
        }
        callers.forEach(Thread::interrupt);
        Secure one = secure;
        if (one != null) {
            one.own().release();
        }
        OwnHttpClient other = plain;
        if (other != null) {
            other.release();
        }
    }
}
