package io.github.secretsource.servers.kubernetes;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;

/**
 * A request as the kube-apiserver's audit log knows it. It is there before the server begins to work on it, so that an
 * answered request is always counted.
 *
 * @param verb such as {@code get}, {@code list} or {@code watch}
 * @param resource such as {@code secrets}, or empty
 * @param subresource such as {@code token}, or empty
 * @param namespace or empty
 * @param name of the object, or empty; that of a watch of one object is in its field selector and here as well
 * @param user who asked, or empty if the server does not know
 * @param status of the answer, or 0 as long as there is none
 * @param stage {@code RequestReceived}, {@code ResponseStarted} for a running watch, {@code ResponseComplete}, {@code
 *     Panic}
 * @param uri path and query
 */
public record Request(
        String verb,
        String resource,
        String subresource,
        String namespace,
        String name,
        String user,
        int status,
        String stage,
        String uri) {

    static Request of(JsonObject event) {
        JsonObject object = object(event, "objectRef");
        return new Request(
                event.getString("verb"),
                object.getString("resource", ""),
                object.getString("subresource", ""),
                object.getString("namespace", ""),
                object.getString("name", ""),
                object(event, "user").getString("username", ""),
                object(event, "responseStatus").getInt("code", 0),
                event.getString("stage"),
                event.getString("requestURI"));
    }

    private static JsonObject object(JsonObject event, String name) {
        return event.containsKey(name) ? event.getJsonObject(name) : JsonValue.EMPTY_JSON_OBJECT;
    }

    /**
     * Tells whether this asks for Secrets.
     *
     * @param wanted the verb
     * @return whether it is that verb on the resource {@code secrets}
     */
    public boolean isSecrets(String wanted) {
        return resource.equals("secrets") && verb.equals(wanted);
    }
}
