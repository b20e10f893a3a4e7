package io.github.secretsource.servers.aws;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/** Seeds and rotates the parameters of Systems Manager, as administrator. */
public final class ParameterStore {
    private final Api api;
    private final Leftovers leftovers;

    ParameterStore(Api api, Leftovers leftovers) {
        this.api = api;
        this.leftovers = leftovers;
    }

    /**
     * Sets a parameter of the type String.
     *
     * @param name such as {@code /team/database}; a version more if it exists
     * @param value its text
     * @return the number of the version
     */
    public int put(String name, String value) {
        return put(name, "String", value);
    }

    /** Sets a parameter of the type SecureString; as {@link #put}. */
    public int putSecure(String name, String value) {
        return put(name, "SecureString", value);
    }

    /** Sets a parameter of the type StringList; as {@link #put}. */
    public int putList(String name, String... values) {
        return put(name, "StringList", String.join(",", values));
    }

    private int put(String name, String type, String value) {
        JsonObject made = call(
                "PutParameter",
                named(name).add("Type", type).add("Value", value).add("Overwrite", true));
        int version = made.getInt("Version");
        if (version == 1) {
            leftovers.add(() -> delete(name));
        }
        return version;
    }

    /**
     * Moves a label to a version.
     *
     * @param name of the parameter
     * @param version which has the label afterwards, and no other
     * @param label such as {@code blue}
     */
    public void label(String name, int version, String label) {
        call(
                "LabelParameterVersion",
                named(name).add("ParameterVersion", version).add("Labels", Json.createArrayBuilder(List.of(label))));
    }

    /** Deletes a parameter with all its versions. */
    public void delete(String name) {
        call("DeleteParameter", named(name));
    }

    private JsonObject call(String operation, JsonObjectBuilder body) {
        return api.json("ssm", "AmazonSSM." + operation, body.build());
    }

    private static JsonObjectBuilder named(String name) {
        return Json.createObjectBuilder().add("Name", name);
    }
}
