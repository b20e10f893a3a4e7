package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** One request, read. Used by one thread. */
final class Call {
    private final String server;
    private final HttpExchange exchange;
    private final Map<String, String> query;
    private final String body;
    private String identity = "";

    private Call(String server, HttpExchange exchange, String body) {
        this.server = server;
        this.exchange = exchange;
        this.query = form(Objects.requireNonNullElse(exchange.getRequestURI().getRawQuery(), ""));
        this.body = body;
    }

    static Call read(String server, HttpExchange exchange) throws IOException {
        return new Call(server, exchange, new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    }

    String server() {
        return server;
    }

    String method() {
        return exchange.getRequestMethod();
    }

    /** The path as it came, still encoded. */
    String path() {
        return exchange.getRequestURI().getRawPath();
    }

    /** The value of a parameter of the query, or no characters. */
    String query(String name) {
        return query.getOrDefault(name, "");
    }

    /** The first value of a header, or no characters. */
    String header(String name) {
        return Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst(name), "");
    }

    String body() {
        return body;
    }

    /** Scheme, host and port as the client wrote them. */
    String base() {
        return "https://" + header("Host");
    }

    /** Notes who calls. */
    void by(AzureIdentity caller) {
        identity = caller.clientId();
    }

    AzureRequest logged(int status) {
        return new AzureRequest(server, method(), path(), query("api-version"), identity, status);
    }

    static Map<String, String> form(String encoded) {
        var fields = new HashMap<String, String>();
        for (String pair : encoded.split("&", -1)) {
            int at = pair.indexOf('=');
            if (at > 0) {
                fields.put(decoded(pair.substring(0, at)), decoded(pair.substring(at + 1)));
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, UTF_8);
    }
}
