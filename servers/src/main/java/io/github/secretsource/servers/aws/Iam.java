package io.github.secretsource.servers.aws;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Makes users and roles, as administrator; the names are fresh. A change is seen by the next request here, and within
 * seconds by the real service.
 */
public final class Iam {
    private static final String POLICY = "policy";

    private final Api api;
    private final Leftovers leftovers;

    Iam(Api api, Leftovers leftovers) {
        this.api = api;
        this.leftovers = leftovers;
    }

    /**
     * Makes a user with an access key.
     *
     * @param policy what the user may do
     * @return the user
     */
    public IamUser createUser(Policy policy) {
        String name = "user-" + UUID.randomUUID();
        String arn = Api.element(call("CreateUser", Map.of("UserName", name)), "Arn");
        String keys = call("CreateAccessKey", Map.of("UserName", name));
        var user = new IamUser(
                name, arn, new AwsKeys(Api.element(keys, "AccessKeyId"), Api.element(keys, "SecretAccessKey"), null));
        setPolicy(user, policy);
        leftovers.add(() -> call("DeleteUser", Map.of("UserName", name)));
        leftovers.add(() -> call("DeleteUserPolicy", Map.of("UserName", name, "PolicyName", POLICY)));
        leftovers.add(() -> revoke(user));
        return user;
    }

    /** Replaces what a user may do. */
    public void setPolicy(IamUser user, Policy policy) {
        call(
                "PutUserPolicy",
                Map.of("UserName", user.name(), "PolicyName", POLICY, "PolicyDocument", policy.document(null)));
    }

    /** Deletes a user's access key: requests with it are refused as of a client that nobody knows. */
    public void revoke(IamUser user) {
        call(
                "DeleteAccessKey",
                Map.of("UserName", user.name(), "AccessKeyId", user.keys().accessKey()));
    }

    /**
     * Makes a role that one user may assume.
     *
     * @param user who
     * @param policy what a session of the role may do
     * @return the role
     */
    public IamRole createRole(IamUser user, Policy policy) {
        return createRole(
                Json.createObjectBuilder()
                        .add("Action", "sts:AssumeRole")
                        .add("Principal", Json.createObjectBuilder().add("AWS", user.arn())),
                policy);
    }

    /**
     * Makes a role for whoever has a {@linkplain Sts#webIdentityToken token} of a subject.
     *
     * @param subject such as {@code system:serviceaccount:shop:orders}
     * @param policy what a session of the role may do
     * @return the role
     */
    public IamRole createWebIdentityRole(String subject, Policy policy) {
        var wanted =
                Json.createObjectBuilder().add(Sts.ISSUER + ":sub", subject).add(Sts.ISSUER + ":aud", Sts.AUDIENCE);
        String provider = "arn:aws:iam::" + api.account() + ":oidc-provider/" + Sts.ISSUER;
        return createRole(
                Json.createObjectBuilder()
                        .add("Action", "sts:AssumeRoleWithWebIdentity")
                        .add("Principal", Json.createObjectBuilder().add("Federated", provider))
                        .add("Condition", Json.createObjectBuilder().add("StringEquals", wanted)),
                policy);
    }

    private IamRole createRole(JsonObjectBuilder trust, Policy policy) {
        String name = "role-" + UUID.randomUUID();
        String document = Json.createObjectBuilder()
                .add("Version", "2012-10-17")
                .add("Statement", Json.createArrayBuilder().add(trust.add("Effect", "Allow")))
                .build()
                .toString();
        String made = call("CreateRole", Map.of("RoleName", name, "AssumeRolePolicyDocument", document));
        var role = new IamRole(name, Api.element(made, "Arn"));
        setPolicy(role, policy);
        leftovers.add(() -> call("DeleteRole", Map.of("RoleName", name)));
        leftovers.add(() -> call("DeleteRolePolicy", Map.of("RoleName", name, "PolicyName", POLICY)));
        return role;
    }

    /** Replaces what the sessions of a role may do, those that exist too. */
    public void setPolicy(IamRole role, Policy policy) {
        call(
                "PutRolePolicy",
                Map.of("RoleName", role.name(), "PolicyName", POLICY, "PolicyDocument", policy.document(null)));
    }

    private String call(String action, Map<String, String> parameters) {
        var all = new LinkedHashMap<>(Map.of("Action", action));
        all.putAll(parameters);
        return api.query("iam", all);
    }
}
