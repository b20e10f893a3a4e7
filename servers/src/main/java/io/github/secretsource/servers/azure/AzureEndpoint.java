package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.secretsource.servers.host.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A port of the fake: one vault, Entra, or the managed identity of a machine. Safe for concurrent use. */
public final class AzureEndpoint {
    private final String name;
    private final Function<Call, Answer> service;
    private final AccessLog log;
    private final Executor threads;
    private final InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free());
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SSLContext tls; // guarded by lock; null for http
    private @Nullable HttpServer server; // guarded by lock; null when stopped
    private volatile CountDownLatch gate = new CountDownLatch(0);

    AzureEndpoint(
            String name, Function<Call, Answer> service, AccessLog log, Executor threads, @Nullable SSLContext tls) {
        this.name = name;
        this.service = service;
        this.log = log;
        this.threads = threads;
        this.tls = tls;
        restart();
    }

    /**
     * Returns where clients of this JVM reach it without a name service.
     *
     * @return scheme, localhost and port
     */
    public URI uri() {
        lock.lock();
        try {
            return URI.create((tls == null ? "http" : "https") + "://localhost:" + address.getPort());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns what a proxy stands before.
     *
     * @return a loopback address, the same for the life of the endpoint
     */
    public InetSocketAddress address() {
        return address;
    }

    /** Closes all connections and refuses new ones until {@link #restart}. What it serves is kept. */
    public void stop() {
        lock.lock();
        try {
            if (server != null) {
                server.stop(0);
                server = null;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Listens again, on the same port; does nothing if it does. */
    public void restart() {
        lock.lock();
        try {
            if (server == null) {
                server = listening(tls);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Accepts requests and answers none until {@link #resume}. */
    public void pause() {
        gate.countDown();
        gate = new CountDownLatch(1);
    }

    /** Answers, also the requests that wait. */
    public void resume() {
        gate.countDown();
    }

    /** Shows another certificate: a restart, so that no session of before is resumed. */
    void show(SSLContext other) {
        lock.lock();
        try {
            tls = other;
            if (server != null) {
                stop();
                restart();
            }
        } finally {
            lock.unlock();
        }
    }

    private HttpServer listening(@Nullable SSLContext context) {
        // Read once, when the server's classes load; without it each answer waits 40 ms for an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        try {
            HttpServer made = context == null ? HttpServer.create(address, 0) : https(context);
            made.setExecutor(threads);
            made.createContext("/", this::serve);
            made.start();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpsServer https(SSLContext context) throws IOException {
        HttpsServer made = HttpsServer.create(address, 0);
        made.setHttpsConfigurator(new HttpsConfigurator(context));
        return made;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = Call.read(name, exchange);
            gate.await();
            Answer answer = answer(call);
            log.add(call.logged(answer.status()));
            send(exchange, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer answer(Call call) {
        try {
            return service.apply(call);
        } catch (Refusal e) {
            return e.answer();
        } catch (RuntimeException e) {
            return Answer.error(500, "InternalServerError", "the fake failed: " + e, "");
        }
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        var headers = exchange.getResponseHeaders();
        answer.headers().forEach(headers::set);
        headers.set("Cache-Control", "no-cache");
        headers.set("x-ms-request-id", UUID.randomUUID().toString());
        byte[] body = answer.body().getBytes(UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
