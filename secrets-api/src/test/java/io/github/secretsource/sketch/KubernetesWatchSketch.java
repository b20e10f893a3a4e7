package io.github.secretsource.sketch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Subscription;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import java.util.Base64;
import java.util.HashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A source with a blocking watch, as the Kubernetes API is. An in-memory source stands in for the API server; an object
 * there has {@code uid}, {@code resourceVersion}, perhaps {@code immutable}, and {@code data.<key>} in Base64.
 */
final class KubernetesWatchSketch implements SecretSource {

    private final InMemorySecrets server;
    private final LinkedBlockingQueue<Runnable> events = new LinkedBlockingQueue<>();
    private final AtomicBoolean watching = new AtomicBoolean();
    private volatile SourceContext context;
    private volatile boolean closed;

    KubernetesWatchSketch(InMemorySecrets server) {
        this.server = server;
    }

    @Override
    public void start(SourceContext context) {
        this.context = context;
        server.start(context);
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext call) {
        SecretData object = server.fetch(id, call);
        var fields = new HashMap<String, SecretValue>();
        object.fields().forEach((name, value) -> {
            if (name.startsWith("data.")) {
                fields.put(name.substring("data.".length()), decoded(id, name, value));
            }
        });
        String uid = metadata(object, "uid");
        String version = metadata(object, "resourceVersion");
        SecretData data =
                SecretData.of(fields).withVersion(uid + "/" + version).withOrdinal(uid, Long.parseLong(version));
        return object.fields().containsKey("immutable") ? data.withoutRotation() : data;
    }

    private static String metadata(SecretData object, String name) {
        return object.fields().get(name).reveal();
    }

    private static SecretValue decoded(SecretId id, String name, SecretValue value) {
        try {
            return SecretValue.of(Base64.getDecoder().decode(value.reveal().getBytes(UTF_8)));
        } catch (IllegalArgumentException e) {
            throw new SecretFormatException(id, "has no Base64 in " + name, "apply it anew");
        }
    }

    /** One thread waits for the events of all watches. */
    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        if (watching.compareAndSet(false, true)) {
            context.executor().execute(this::listen);
        }
        var open = new AtomicBoolean(true);
        Runnable event = () -> {
            if (open.get()) {
                mayHaveChanged.run();
            }
        };
        Subscription stream = server.watch(id, () -> events.add(event));
        return () -> {
            open.set(false);
            stream.close();
        };
    }

    private void listen() {
        try {
            while (!closed) {
                events.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The engine ends its threads this way.
        }
    }

    @Override
    public void close() {
        closed = true;
        events.add(() -> {}); // Wakes the listener.
        server.close();
    }
}
