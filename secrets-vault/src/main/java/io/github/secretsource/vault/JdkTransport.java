package io.github.secretsource.vault;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests by the JDK's client: all that carry a token, and all by plain http. The driver's connections log each
 * header, the token among them, when somebody sets the JDK's own loggers to {@code FINE}; and without TLS its sockets are
 * not ours to guard.
 */
@SuppressWarnings("CollectionUndefinedEquality") // a future equals itself alone
final class JdkTransport implements VaultTransport {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    private final TlsSettings tls;
    private final LongSupplier clock;
    private final Set<CompletableFuture<?>> underWay = ConcurrentHashMap.newKeySet();
    private final Set<OwnHttpClient> replaced = ConcurrentHashMap.newKeySet(); // closed when nothing is under way
    private final ReentrantLock lock = new ReentrantLock(); // held to make or close a client
    private volatile @Nullable Secure secure;
    private volatile @Nullable OwnHttpClient plain;
    private volatile boolean closed;

    /** The client for https as long as the TLS settings are the same. */
    private record Secure(SSLContext from, OwnHttpClient own) {}

    JdkTransport(TlsSettings tls, LongSupplier clock) {
        this.tls = tls;
        this.clock = clock;
    }

    private HttpClient client(URI address) throws TransportException {
        SSLContext context = Addresses.isPlain(address) ? null : tls.context();
        HttpClient ready = ready(context);
        if (ready != null) {
            return ready;
        }
        lock.lock();
        try {
            if (closed) {
                throw new TransportException(TransportException.Stage.UNSENT, "is not asked any more");
            }
            HttpClient other = ready(context);
            return other != null ? other : made(context);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable HttpClient ready(@Nullable SSLContext context) {
        Secure one = secure;
        OwnHttpClient other = plain;
        if (closed) {
            return null;
        }
        if (context == null) {
            return other == null ? null : other.client();
        }
        return one != null && one.from() == context ? one.own().client() : null;
    }

    private HttpClient made(@Nullable SSLContext context) {
        if (context == null) {
            var made = new OwnHttpClient(builder().proxy(HttpClient.Builder.NO_PROXY));
            plain = made;
            return made.client();
        }
        Secure before = secure;
        if (before != null) {
            replaced.add(before.own());
        }
        var made = new OwnHttpClient(builder().sslContext(context));
        secure = new Secure(context, made);
        return made.client();
    }

    private static HttpClient.Builder builder() {
        ProxySelector proxies = ProxySelector.getDefault();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxies == null ? HttpClient.Builder.NO_PROXY : proxies)
                .connectTimeout(CONNECT_LIMIT);
    }

    @Override
    public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
        CompletableFuture<HttpResponse<byte[]>> sending =
                client(address).sendAsync(message(address, request), bounded());
        underWay.add(sending);
        try {
            if (closed) {
                sending.cancel(true);
            }
            HttpResponse<byte[]> response =
                    sending.get(Math.max(0, deadline - clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (response.statusCode() / 100 == 3) {
                throw new TransportException(
                        TransportException.Stage.REDIRECTED, "redirected to another address, which is not followed");
            }
            return new VaultReply(response.statusCode(), response.headers().firstValue("Retry-After"), response.body());
        } catch (TimeoutException e) {
            sending.cancel(true);
            throw new TransportException(TransportException.Stage.SENT, "did not answer in time");
        } catch (InterruptedException e) {
            sending.cancel(true);
            Thread.currentThread().interrupt();
            throw new TransportException(TransportException.Stage.SENT, "was not waited for");
        } catch (CancellationException e) {
            throw brokenOff();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            underWay.remove(sending);
            if (!replaced.isEmpty() && underWay.isEmpty()) {
                closeReplaced();
            }
        }
    }

    private static HttpRequest message(URI address, VaultRequest request) {
        byte[] body = request.body();
        var message = HttpRequest.newBuilder(URI.create(address + request.path()))
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
        if (cause instanceof TooLargeException) {
            return new TransportException(TransportException.Stage.SENT, "answered with more than 2 MiB");
        }
        if (cause instanceof SSLHandshakeException) {
            return new TransportException(TransportException.Stage.UNSENT, TlsProblem.of(cause));
        }
        if (cause instanceof HttpConnectTimeoutException) {
            return new TransportException(TransportException.Stage.UNSENT, "did not take the connection in time");
        }
        if (cause instanceof ConnectException) {
            return new TransportException(
                    TransportException.Stage.UNSENT,
                    isUnknownHost(cause) ? "has a host name that is not known" : "refused the connection");
        }
        return brokenOff();
    }

    private static TransportException brokenOff() {
        return new TransportException(TransportException.Stage.SENT, "broke the connection off");
    }

    private static boolean isUnknownHost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof UnresolvedAddressException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private static BodyHandler<byte[]> bounded() {
        return head -> new BoundedBody();
    }

    private static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Collects a body and gives up where it becomes too large, before all of it is in memory. */
    private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
        private final HttpResponse.BodySubscriber<byte[]> all = BodySubscribers.ofByteArray();
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private Flow.@Nullable Subscription subscription;
        private long received;

        @Override
        public CompletableFuture<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            all.onSubscribe(given);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                received += buffer.remaining();
            }
            var from = subscription;
            if (received > VaultReply.MAX_BODY && from != null) {
                from.cancel();
                body.completeExceptionally(new TooLargeException());
            } else {
                all.onNext(buffers);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            all.onComplete();
            all.getBody().whenComplete((bytes, failure) -> {
                if (failure == null) {
                    body.complete(bytes);
                } else {
                    body.completeExceptionally(failure);
                }
            });
        }
    }

    private void closeReplaced() {
        replaced.removeIf(one -> {
            one.close();
            return true;
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            Secure before = secure;
            if (before != null) {
                replaced.add(before.own());
            }
            OwnHttpClient other = plain;
            if (other != null) {
                replaced.add(other);
            }
        } finally {
            lock.unlock();
        }
        underWay.forEach(sending -> sending.cancel(true));
        closeReplaced();
    }
}
