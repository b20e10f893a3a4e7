package io.github.secretsource.vault;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends plain http requests, to a server or an agent on this machine. The driver cannot do that: its sockets are not
 * ours where there is no TLS, and it would follow a redirect with the token.
 */
final class JdkTransport implements VaultTransport {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private final LongSupplier clock;

    JdkTransport(LongSupplier clock) {
        this.clock = clock;
    }

    @Override
    public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
        CompletableFuture<HttpResponse<byte[]>> sending = client.sendAsync(message(address, request), bounded());
        try {
            HttpResponse<byte[]> response =
                    sending.get(Math.max(0, deadline - clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (response.statusCode() / 100 == 3) {
                throw new TransportException(
                        TransportException.Stage.REDIRECTED, "redirected to another address, which is not followed");
            }
            return new VaultReply(
                    response.statusCode(), response.headers().firstValue("Retry-After"), response.body());
        } catch (TimeoutException e) {
            sending.cancel(true);
            throw new TransportException(TransportException.Stage.SENT, "did not answer in time");
        } catch (InterruptedException e) {
            sending.cancel(true);
            Thread.currentThread().interrupt();
            throw new TransportException(TransportException.Stage.SENT, "was not waited for");
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    private static HttpRequest message(URI address, VaultRequest request) {
        byte[] body = request.body();
        var message = HttpRequest.newBuilder(URI.create(address + request.path()))
                .method(
                        request.method(),
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        request.headers().forEach(message::setHeader);
        if (body != null) {
            message.setHeader("Content-Type", "application/json");
        }
        return message.build();
    }

    private static TransportException failure(Throwable cause) {
        if (cause instanceof TooLargeException) {
            return new TransportException(TransportException.Stage.SENT, "answered with more than 2 MiB");
        }
        if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
            return new TransportException(TransportException.Stage.UNSENT, "refused the connection");
        }
        return new TransportException(TransportException.Stage.SENT, "broke the connection off");
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

    /** From JDK 21 on a client can be closed; before that its thread ends when nobody refers to it any more. */
    @Override
    public void close() {
        if (client instanceof AutoCloseable closeable) {
            close(closeable);
        }
    }

    private static void close(AutoCloseable client) {
        try {
            client.close();
        } catch (Exception e) {
            // It is of no use any more, closed or not.
            return;
        }
    }
}
