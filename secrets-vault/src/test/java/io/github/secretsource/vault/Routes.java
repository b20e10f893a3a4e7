package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * What a server answers, by method and path, and what it was asked. A path without an answer is a missing secret. Safe for
 * concurrent use.
 */
final class Routes {
    private final Map<String, Function<VaultRequest, VaultReply>> answers = new ConcurrentHashMap<>();
    private final List<VaultRequest> asked = new CopyOnWriteArrayList<>();

    /** Answers a method and path, such as {@code GET sys/health}, by this from now on. */
    Routes on(String call, Function<VaultRequest, VaultReply> answer) {
        answers.put(call, answer);
        return this;
    }

    Routes on(String call, int status, String body) {
        return on(call, request -> reply(status, body));
    }

    /** Serves a key-value secret of version 2 with one field. */
    Routes secret(String path, String field, String value) {
        return on(
                "GET secret/data/" + path,
                200,
                "{\"data\":{\"data\":{\"" + field + "\":\"" + value + "\"},\"metadata\":{\"version\":1}}}");
    }

    /** Knows any token, which never ends. */
    Routes anyToken() {
        return on("GET auth/token/lookup-self", 200, "{\"data\":{\"ttl\":0,\"renewable\":false}}");
    }

    VaultReply answer(VaultRequest request) {
        asked.add(request);
        String path = request.path().replaceFirst("^/v1/", "").replaceFirst("\\?.*", "");
        return answers.getOrDefault(request.method() + " " + path, other -> reply(404, "{\"errors\":[]}"))
                .apply(request);
    }

    List<VaultRequest> asked() {
        return List.copyOf(asked);
    }

    /** How often a method and path was asked for, whatever its query. */
    long count(String call) {
        String start = call.replaceFirst(" ", " /v1/");
        return asked.stream()
                .filter(request -> (request.toString() + "?").startsWith(start + "?"))
                .count();
    }

    static VaultReply reply(int status, String body) {
        return new VaultReply(status, Optional.empty(), body.getBytes(UTF_8));
    }

    static String body(VaultRequest request) {
        byte[] body = request.body();
        return body == null ? "" : new String(body, UTF_8);
    }

    static String token(VaultRequest request) {
        return request.headers().getOrDefault("X-Vault-Token", "");
    }
}
