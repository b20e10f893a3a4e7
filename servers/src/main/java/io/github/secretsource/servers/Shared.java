package io.github.secretsource.servers;

import io.github.secretsource.servers.host.Server;
import io.github.secretsource.servers.host.ServerMissingException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One server of the JVM, started when it is first asked for; a start that failed is not tried again. */
final class Shared implements AutoCloseable {
    private final Supplier<? extends Server> start;
    private @Nullable Server server;
    private @Nullable Throwable failure;

    Shared(Supplier<? extends Server> start) {
        this.start = start;
    }

    synchronized Server get() {
        if (failure instanceof ServerMissingException missing) {
            throw missing;
        }
        if (failure != null) {
            throw new IllegalStateException("the server did not start", failure);
        }
        if (server == null) {
            try {
                server = start.get();
            } catch (RuntimeException | AssertionError e) {
                failure = e;
                throw e;
            }
        }
        return server;
    }

    @Override
    public synchronized void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
