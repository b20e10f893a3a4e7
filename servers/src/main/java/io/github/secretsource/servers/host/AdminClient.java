package io.github.secretsource.servers.host;

import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends the requests with which tests prepare a server: never the code under test. Immutable, safe for concurrent use.
 */
public final class AdminClient {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final HttpClient client;
    private final URI base;
    private final Map<String, String> headers;

    private AdminClient(HttpClient client, URI base, Map<String, String> headers) {
        this.client = client;
        this.base = base;
        this.headers = headers;
    }

    /**
     * Returns a client of an address.
     *
     * @param base scheme, host and port
     * @return a client without headers
     */
    public static AdminClient of(URI base) {
        return new AdminClient(builder().build(), base, Map.of());
    }

    /**
     * Returns a client of an https address.
     *
     * @param base scheme, host and port
     * @param tls whom to trust, and the client certificate if there is one
     * @return a client without headers
     */
    public static AdminClient of(URI base, SSLContext tls) {
        return new AdminClient(builder().sslContext(tls).build(), base, Map.of());
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT);
    }

    /**
     * Returns a client that sends a header with each request, over the same connections.
     *
     * @param name of the header; replaces one of the same name
     * @param value its value
     * @return another client
     */
    public AdminClient with(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new AdminClient(client, base, Map.copyOf(more));
    }

    /**
     * Sends a request without a body.
     *
     * @param method such as {@code GET}
     * @param path with the query, encoded
     * @return the reply, whatever its status
     */
    public Reply send(String method, String path) {
        return send(method, path, (String) null);
    }

    /**
     * Sends a request with a body of JSON.
     *
     * @param method such as {@code POST}
     * @param path with the query, encoded
     * @param body an object
     * @return the reply, whatever its status
     */
    public Reply send(String method, String path, JsonValue body) {
        return with("Content-Type", headers.getOrDefault("Content-Type", "application/json"))
                .send(method, path, body.toString());
    }

    /**
     * Sends a request.
     *
     * @param method such as {@code POST}
     * @param path with the query, encoded
     * @param body text, or null for none
     * @return the reply, whatever its status
     * @throws UncheckedIOException if there was none within 30 s
     */
    public Reply send(String method, String path, @Nullable String body) {
        var request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(LIMIT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        headers.forEach(request::setHeader);
        try {
            var response = client.send(request.build(), BodyHandlers.ofString());
            return new Reply(method + " " + path, response.statusCode(), response.headers(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + base + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + method + " " + path, e);
        }
    }
}
