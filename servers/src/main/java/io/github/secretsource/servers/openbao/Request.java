package io.github.secretsource.servers.openbao;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;

/**
 * A request that the server answered, as its audit device wrote it down.
 *
 * @param time when it was answered
 * @param operation {@code read}, {@code update}, {@code create}, {@code list}, {@code delete} or so
 * @param path without {@code /v1/} and without the namespace, such as {@code database/creds/app}
 * @param namespace such as {@code team/}; empty for the root
 * @param accessor of the token that came with it; empty if there was none that the server knows
 * @param issued the accessor of the token that was handed out; empty if none was
 * @param leaseId the lease that was handed out or renewed; empty if none was
 * @param error what the server said against it; empty if it did as asked
 */
public record Request(
        Instant time,
        String operation,
        String path,
        String namespace,
        String accessor,
        String issued,
        String leaseId,
        String error) {

    static Request of(JsonObject entry) {
        JsonObject request = entry.getJsonObject("request");
        return new Request(
                Instant.parse(entry.getString("time")),
                request.getString("operation", ""),
                request.getString("path", ""),
                text(request, "namespace", "path"),
                request.getString("client_token_accessor", ""),
                text(entry, "response", "auth", "accessor"),
                text(entry, "response", "secret", "lease_id"),
                entry.getString("error", ""));
    }

    private static String text(JsonObject object, String... members) {
        JsonValue value = object;
        for (String member : members) {
            value = value instanceof JsonObject inner ? inner.getOrDefault(member, JsonValue.NULL) : JsonValue.NULL;
        }
        return value instanceof JsonString text ? text.getString() : "";
    }

    /**
     * Tells whether the server did as asked.
     *
     * @return true without an error
     */
    public boolean isDone() {
        return error.isEmpty();
    }

    /**
     * Tells whether something was read there.
     *
     * @param readPath without {@code /v1/}, such as {@code kv/data/app}
     * @return true for a read of exactly this path, done or refused
     */
    public boolean isRead(String readPath) {
        return operation.equals("read") && path.equals(readPath);
    }

    /**
     * Tells whether a login was tried.
     *
     * @param mount of the login, such as {@code approle}
     * @return true for a login there, done or refused
     */
    public boolean isLogin(String mount) {
        return isAt("auth/" + mount + "/login");
    }

    /**
     * Tells whether a secret with a lease of its own was handed out.
     *
     * @return true for an answer with a new lease
     */
    public boolean isMint() {
        return !leaseId.isEmpty() && !isLeaseRenewal();
    }

    /**
     * Tells whether a lease was to be renewed.
     *
     * @return true for a renewal, done or refused
     */
    public boolean isLeaseRenewal() {
        return isAt("sys/leases/renew") || isAt("sys/renew");
    }

    /**
     * Tells whether a lease was to be revoked.
     *
     * @return true for the revocation of one lease, done or refused
     */
    public boolean isLeaseRevocation() {
        return isAt("sys/leases/revoke") || isAt("sys/revoke");
    }

    /**
     * Tells whether a token was to be renewed by itself.
     *
     * @return true for a renewal, done or refused
     */
    public boolean isTokenRenewal() {
        return path.equals("auth/token/renew-self");
    }

    /**
     * Tells whether a token was to be revoked by itself.
     *
     * @return true for a revocation, done or refused
     */
    public boolean isTokenRevocation() {
        return path.equals("auth/token/revoke-self");
    }

    private boolean isAt(String folder) {
        return path.equals(folder) || path.startsWith(folder + "/");
    }
}
