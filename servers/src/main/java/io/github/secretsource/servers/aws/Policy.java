package io.github.secretsource.servers.aws;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is allowed and denied, as IAM has it: what nobody allows is denied, and a denial beats each allowance. Immutable.
 */
public final class Policy {
    private final List<JsonObject> statements;

    private Policy(List<JsonObject> statements) {
        this.statements = List.copyOf(statements);
    }

    /**
     * Returns a policy of one statement.
     *
     * @param resource an ARN, with {@code *} and {@code ?} where any characters or any one will do
     * @param actions such as {@code secretsmanager:GetSecretValue}
     * @return what allows them
     */
    public static Policy allow(String resource, String... actions) {
        return new Policy(List.of(statement("Allow", resource, actions)));
    }

    /**
     * Returns a policy of one statement.
     *
     * @param resource as for {@link #allow}
     * @param actions as there
     * @return what denies them
     */
    public static Policy deny(String resource, String... actions) {
        return new Policy(List.of(statement("Deny", resource, actions)));
    }

    /**
     * Returns both.
     *
     * @param more added behind this
     * @return another policy
     */
    public Policy and(Policy more) {
        var all = new ArrayList<>(statements);
        all.addAll(more.statements);
        return new Policy(all);
    }

    /** Returns the document; with a principal if it is to be attached to a resource. */
    String document(@Nullable String principal) {
        var all = Json.createArrayBuilder();
        for (JsonObject statement : statements) {
            var whole = Json.createObjectBuilder(statement);
            if (principal != null) {
                whole.add("Principal", Json.createObjectBuilder().add("AWS", principal));
            }
            all.add(whole);
        }
        return Json.createObjectBuilder()
                .add("Version", "2012-10-17")
                .add("Statement", all)
                .build()
                .toString();
    }

    private static JsonObject statement(String effect, String resource, String... actions) {
        return Json.createObjectBuilder()
                .add("Effect", effect)
                .add("Action", Json.createArrayBuilder(List.of(actions)))
                .add("Resource", resource)
                .build();
    }

    @Override
    public String toString() {
        return document(null);
    }
}
