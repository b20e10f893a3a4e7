package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import java.util.UUID;

/** Errors in the shape of Entra's token endpoint. */
final class EntraError {
    private EntraError() {}

    static Refusal of(int status, String error, int code, String description) {
        return new Refusal(Answer.of(
                status,
                Json.createObjectBuilder()
                        .add("error", error)
                        .add("error_description", "AADSTS" + code + ": " + description)
                        .add("error_codes", Json.createArrayBuilder().add(code))
                        .add("trace_id", UUID.randomUUID().toString())
                        .add("correlation_id", UUID.randomUUID().toString())
                        .build()));
    }
}
