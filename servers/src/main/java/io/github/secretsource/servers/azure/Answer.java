package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is sent back for a {@link Call}; not shown, since the body may hold a secret. */
record Answer(int status, Map<String, String> headers, String body) {

    static Answer of(int status, JsonObject body) {
        return new Answer(status, Map.of("Content-Type", "application/json; charset=utf-8"), body.toString());
    }

    static Answer empty(int status) {
        return new Answer(status, Map.of(), "");
    }

    /** An error in the shape of Key Vault; an inner code of no characters is left out. */
    static Answer error(int status, String code, String message, String innerCode) {
        var error = Json.createObjectBuilder().add("code", code).add("message", message);
        if (!innerCode.isEmpty()) {
            error.add("innererror", Json.createObjectBuilder().add("code", innerCode));
        }
        return of(status, Json.createObjectBuilder().add("error", error).build());
    }

    Answer with(String header, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, more, body);
    }

    @Override
    public String toString() {
        return Integer.toString(status);
    }
}
