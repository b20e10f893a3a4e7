package io.github.secretsource.servers.host;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpHeaders;
import java.util.Arrays;

/**
 * What a server answered to an {@link AdminClient}.
 *
 * @param request method and path
 * @param status of the answer
 * @param headers of the answer
 * @param body its text; may hold secrets and is shown only if the server refused
 */
public record Reply(String request, int status, HttpHeaders headers, String body) {
    private static final int SHOWN = 2_000;

    /**
     * Returns this reply if the server did as it was told.
     *
     * @return this
     * @throws AssertionError if the status is not 2xx
     */
    public Reply ok() {
        if (status / 100 != 2) {
            throw new AssertionError(this + ": " + body.substring(0, Math.min(SHOWN, body.length())));
        }
        return this;
    }

    /**
     * Returns this reply if it has one of these statuses.
     *
     * @param expected the statuses
     * @return this
     * @throws AssertionError if it has another one
     */
    public Reply status(int... expected) {
        if (Arrays.stream(expected).noneMatch(one -> one == status)) {
            String shown = status < 400 ? "" : ": " + body.substring(0, Math.min(SHOWN, body.length()));
            throw new AssertionError(this + ", expected " + Arrays.toString(expected) + shown);
        }
        return this;
    }

    /**
     * Returns the body.
     *
     * @return the object that it holds
     */
    public JsonObject json() {
        try (var reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        }
    }

    @Override
    public String toString() {
        return request + " was answered with " + status;
    }
}
