package io.github.secretsource.servers.aws;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What goes wrong with requests, before the service sees them. Never with an administrator's. Immutable.
 *
 * @param operation which, such as {@code GetSecretValue}, or {@code *}
 * @param name which names: those that contain it; all if it is empty
 * @param accessKey whose requests; everybody's if it is empty
 * @param times how often; for ever if negative
 * @param status of the answer; 0 for that of the service
 * @param type the code of the error
 * @param message its text
 * @param delay before the answer
 * @param headers of the answer
 */
public record AwsFault(
        String operation,
        String name,
        String accessKey,
        int times,
        int status,
        String type,
        String message,
        Duration delay,
        Map<String, String> headers) {

    /** Returns the answer to one request too many: status 400, for ever. */
    public static AwsFault throttling() {
        return answer(400, "ThrottlingException", "Rate exceeded");
    }

    /** Returns the answer of a service that is down: status 503, for ever. */
    public static AwsFault unavailable() {
        return answer(503, "ServiceUnavailableException", "Service is unable to handle request.");
    }

    /** Returns the answer of a service that stumbles: status 500, for ever. */
    public static AwsFault internal() {
        return answer(500, "InternalServiceError", "An error occurred on the server side.");
    }

    /** Returns an answer of any kind, for ever: a denial by KMS, for instance, which no policy here brings about. */
    public static AwsFault answer(int status, String type, String message) {
        return new AwsFault("*", "", "", -1, status, type, message, Duration.ZERO, Map.of());
    }

    /** Returns the answer of the service, but late, for ever. */
    public static AwsFault slow(Duration delay) {
        return new AwsFault("*", "", "", -1, 0, "", "", delay, Map.of());
    }

    /** Returns this, for requests of one operation. */
    public AwsFault on(String anOperation) {
        return new AwsFault(anOperation, name, accessKey, times, status, type, message, delay, headers);
    }

    /** Returns this, for requests that name something with this in its name: the way to leave other tests alone. */
    public AwsFault of(String aName) {
        return new AwsFault(operation, aName, accessKey, times, status, type, message, delay, headers);
    }

    /** Returns this, for requests of one caller. */
    public AwsFault by(AwsKeys keys) {
        return new AwsFault(operation, name, keys.accessKey(), times, status, type, message, delay, headers);
    }

    /** Returns this, for a number of requests. */
    public AwsFault times(int many) {
        return new AwsFault(operation, name, accessKey, many, status, type, message, delay, headers);
    }

    /** Returns this, after a while. */
    public AwsFault after(Duration aWhile) {
        return new AwsFault(operation, name, accessKey, times, status, type, message, aWhile, headers);
    }

    /** Returns this, with a header such as Retry-After. */
    public AwsFault with(String header, String value) {
        var more = new HashMap<>(headers);
        more.put(header, value);
        return new AwsFault(operation, name, accessKey, times, status, type, message, delay, Map.copyOf(more));
    }

    JsonObject json() {
        var json = Json.createObjectBuilder()
                .add("operation", operation)
                .add("name", name)
                .add("times", times)
                .add("delay", delay.toMillis() / 1000.0)
                .add("headers", Json.createObjectBuilder(Map.copyOf(headers)));
        if (!accessKey.isEmpty()) {
            json.add("accessKey", accessKey);
        }
        if (status != 0) {
            json.add("status", status).add("type", type).add("message", message);
        }
        return json.build();
    }
}
