package io.github.secretsource.servers.openbao;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;

/** The bodies of requests. */
final class Bodies {
    private Bodies() {}

    /** An object of names and values by turns; durations as the server reads them. */
    static JsonObject of(Object... namesAndValues) {
        var members = new LinkedHashMap<String, Object>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            members.put((String) namesAndValues[i], value instanceof Duration duration ? seconds(duration) : value);
        }
        return Json.createObjectBuilder(members).build();
    }

    static String seconds(Duration duration) {
        if (!duration.equals(Duration.ofSeconds(duration.toSeconds()))) {
            throw new IllegalArgumentException("the server counts whole seconds: " + duration);
        }
        return duration.toSeconds() + "s";
    }
}
