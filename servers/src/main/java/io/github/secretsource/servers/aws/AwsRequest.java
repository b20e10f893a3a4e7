package io.github.secretsource.servers.aws;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the access log, written when the request is answered.
 *
 * @param time when it came
 * @param service such as {@code ssm}
 * @param operation such as {@code GetParameters}
 * @param names of the secrets, parameters, roles or users that it names, as the client wrote them
 * @param stage the label that GetSecretValue asked for, or null
 * @param version the version that GetSecretValue asked for, or null
 * @param accessKey whose request it was; null if nobody signed it
 * @param status of the answer
 * @param error the code of a refusal or a fault, or null
 */
public record AwsRequest(
        Instant time,
        String service,
        String operation,
        List<String> names,
        @Nullable String stage,
        @Nullable String version,
        @Nullable String accessKey,
        int status,
        @Nullable String error) {

    static AwsRequest of(JsonObject line) {
        return new AwsRequest(
                OffsetDateTime.parse(line.getString("time")).toInstant(),
                line.getString("service"),
                line.getString("operation"),
                line.getJsonArray("names").getValuesAs(JsonString::getString),
                text(line, "stage"),
                text(line, "version"),
                text(line, "accessKey"),
                line.getInt("status"),
                text(line, "error"));
    }

    private static @Nullable String text(JsonObject line, String name) {
        return line.isNull(name) ? null : line.getString(name);
    }

    /**
     * Tells whether the request asks for the value of a secret or parameter, alone or among others.
     *
     * @param name a name, or a part of it that no other has; a client may have written it in an ARN
     * @return true for GetSecretValue, BatchGetSecretValue, GetParameter and GetParameters that have it
     */
    public boolean reads(String name) {
        return List.of("GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters")
                        .contains(operation)
                && names.stream().anyMatch(asked -> asked.contains(name));
    }
}
