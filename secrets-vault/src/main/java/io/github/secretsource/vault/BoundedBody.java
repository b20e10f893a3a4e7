package io.github.secretsource.vault;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body and gives up where it becomes too large, before all of it is in memory. It is there with the head of the
 * answer, so that whoever reads it waits with a deadline. For one answer.
 */
final class BoundedBody implements BodySubscriber<BoundedBody> {
    private final BodySubscriber<byte[]> all = BodySubscribers.ofByteArray();
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription subscription;
    private long received;

    /** More came than an answer may have. */
    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    @Override
    public CompletionStage<BoundedBody> getBody() {
        return CompletableFuture.completedStage(this);
    }

    /** Waits for all of it. Without success the connection is given up. */
    byte[] bytes(long nanos) throws InterruptedException, TimeoutException, ExecutionException {
        try {
            return body.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } finally {
            var from = subscription;
            if (!body.isDone() && from != null) {
                from.cancel();
            }
        }
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
