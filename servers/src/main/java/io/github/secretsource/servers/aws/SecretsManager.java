package io.github.secretsource.servers.aws;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Seeds and rotates the secrets of Secrets Manager, as administrator. Secrets go by name or ARN. */
public final class SecretsManager {
    private final Api api;
    private final Leftovers leftovers;

    SecretsManager(Api api, Leftovers leftovers) {
        this.api = api;
        this.leftovers = leftovers;
    }

    /** Makes a secret of text, at AWSCURRENT. */
    public AwsSecret create(String name, String value) {
        return create(Json.createObjectBuilder().add("Name", name).add("SecretString", value));
    }

    /** Makes a secret of bytes, at AWSCURRENT. */
    public AwsSecret create(String name, byte[] value) {
        return create(Json.createObjectBuilder().add("Name", name).add("SecretBinary", base64(value)));
    }

    /** Makes a secret that has no value, as one whose first rotation is still to come. */
    public AwsSecret createEmpty(String name) {
        return create(Json.createObjectBuilder().add("Name", name));
    }

    private AwsSecret create(JsonObjectBuilder body) {
        JsonObject made = call("CreateSecret", body.add("ClientRequestToken", token()));
        var secret = new AwsSecret(made.getString("Name"), made.getString("ARN"));
        leftovers.add(() -> destroy(secret.arn()));
        return secret;
    }

    /**
     * Gives a secret a new version at AWSCURRENT; the one before goes to AWSPREVIOUS.
     *
     * @param secret its name
     * @param value what is current from now on
     * @return the id of the new version
     */
    public String rotate(String secret, String value) {
        return put(secret, value, "AWSCURRENT");
    }

    /** Rotates to bytes; as for text. */
    public String rotate(String secret, byte[] value) {
        return put(named(secret).add("SecretBinary", base64(value)), "AWSCURRENT");
    }

    /**
     * Gives a secret a new version at stages, such as AWSPENDING.
     *
     * @param secret its name
     * @param value of the new version
     * @param stages the labels that move to it
     * @return the id of the new version
     */
    public String put(String secret, String value, String... stages) {
        return put(named(secret).add("SecretString", value), stages);
    }

    private String put(JsonObjectBuilder body, String... stages) {
        body.add("VersionStages", Json.createArrayBuilder(List.of(stages))).add("ClientRequestToken", token());
        return call("PutSecretValue", body).getString("VersionId");
    }

    /**
     * Ends a rotation: AWSCURRENT goes to a version, AWSPREVIOUS to the one that had it.
     *
     * @param secret its name
     * @param version the id of a version, pending as a rule
     */
    public void promote(String secret, String version) {
        move(secret, "AWSCURRENT", version);
    }

    /**
     * Moves a label to a version.
     *
     * @param secret its name
     * @param stage the label
     * @param version the id of the version that gets it
     */
    public void move(String secret, String stage, String version) {
        JsonObjectBuilder body = named(secret).add("VersionStage", stage).add("MoveToVersionId", version);
        holder(secret, stage).ifPresent(from -> body.add("RemoveFromVersionId", from));
        call("UpdateSecretVersionStage", body);
    }

    /** Takes a label away. */
    public void unlabel(String secret, String stage) {
        String from = holder(secret, stage)
                .orElseThrow(() -> new IllegalArgumentException(secret + " has no version at " + stage));
        call(
                "UpdateSecretVersionStage",
                named(secret).add("VersionStage", stage).add("RemoveFromVersionId", from));
    }

    /**
     * Returns the id of the version that has a label.
     *
     * @param secret its name
     * @param stage the label
     * @return the id, or empty if no version has it
     */
    public Optional<String> holder(String secret, String stage) {
        JsonObject versions = describe(secret).getJsonObject("VersionIdsToStages");
        return versions == null
                ? Optional.empty()
                : versions.keySet().stream()
                        .filter(id -> has(versions.getJsonArray(id), stage))
                        .findFirst();
    }

    private static boolean has(JsonArray stages, String stage) {
        return stages.getValuesAs(JsonString::getString).contains(stage);
    }

    /** Returns what DescribeSecret answers: no value. */
    public JsonObject describe(String secret) {
        return call("DescribeSecret", named(secret));
    }

    /** Deletes a secret with a recovery window of seven days: it is refused until {@link #restore}. */
    public void delete(String secret) {
        call("DeleteSecret", named(secret).add("RecoveryWindowInDays", 7));
    }

    /** Deletes a secret at once and for good. */
    public void destroy(String secret) {
        call("DeleteSecret", named(secret).add("ForceDeleteWithoutRecovery", true));
    }

    /** Takes back a {@link #delete}. */
    public void restore(String secret) {
        call("RestoreSecret", named(secret));
    }

    /**
     * Plans the next rotation, of which DescribeSecret tells; it does not happen. The service itself refuses this for a
     * secret without a Lambda function.
     *
     * @param secret its name
     * @param days until then
     */
    public void planRotation(String secret, int days) {
        var rules = Json.createObjectBuilder().add("AutomaticallyAfterDays", days);
        call("RotateSecret", named(secret).add("RotateImmediately", false).add("RotationRules", rules));
    }

    /** Sets a tag. */
    public void tag(String secret, String key, String value) {
        var tag = Json.createObjectBuilder().add("Key", key).add("Value", value);
        call("TagResource", named(secret).add("Tags", Json.createArrayBuilder().add(tag)));
    }

    /**
     * Sets the resource policy.
     *
     * @param secret its name
     * @param principal the ARN of the user or role that it is about, or {@code *}
     * @param policy its statements; their resource is {@code *} or the secret
     */
    public void setPolicy(String secret, String principal, Policy policy) {
        call("PutResourcePolicy", named(secret).add("ResourcePolicy", policy.document(principal)));
    }

    /** Removes the resource policy. */
    public void removePolicy(String secret) {
        call("DeleteResourcePolicy", named(secret));
    }

    private JsonObject call(String operation, JsonObjectBuilder body) {
        return api.json("secretsmanager", "secretsmanager." + operation, body.build());
    }

    private static JsonObjectBuilder named(String secret) {
        return Json.createObjectBuilder().add("SecretId", secret);
    }

    private static String token() {
        return UUID.randomUUID().toString();
    }

    private static String base64(byte[] value) {
        return Base64.getEncoder().encodeToString(value);
    }
}
