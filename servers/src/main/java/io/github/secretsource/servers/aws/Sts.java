package io.github.secretsource.servers.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens sessions of roles, which last an hour. */
public final class Sts {
    static final String ISSUER = "oidc.test";
    static final String AUDIENCE = "sts.amazonaws.com";

    private final Api api;
    private final Control control;

    Sts(Api api, Control control) {
        this.api = api;
        this.control = control;
    }

    /**
     * Assumes a role.
     *
     * @param caller who does
     * @param role which
     * @return the keys of the session
     */
    public AwsKeys assumeRole(AwsKeys caller, IamRole role) {
        return session(caller, Map.of("Action", "AssumeRole", "RoleArn", role.arn(), "RoleSessionName", "test"));
    }

    /**
     * Assumes a role with a token, as a pod does.
     *
     * @param role which
     * @param token of {@link #webIdentityToken}
     * @return the keys of the session
     */
    public AwsKeys assumeRoleWithWebIdentity(IamRole role, String token) {
        return session(
                null,
                Map.of(
                        "Action",
                        "AssumeRoleWithWebIdentity",
                        "RoleArn",
                        role.arn(),
                        "RoleSessionName",
                        "test",
                        "WebIdentityToken",
                        token));
    }

    private AwsKeys session(@Nullable AwsKeys caller, Map<String, String> parameters) {
        String answer = api.query(caller, "sts", parameters);
        return new AwsKeys(
                Api.element(answer, "AccessKeyId"),
                Api.element(answer, "SecretAccessKey"),
                Api.element(answer, "SessionToken"));
    }

    /**
     * Ends a session: its keys are expired from now on.
     *
     * @param accessKey of the session; the access log has those of clients' own sessions
     * @throws UnsupportedOperationException at the real service
     */
    public void expire(String accessKey) {
        control.send("DELETE", "/control/sessions/" + accessKey, null);
    }

    /**
     * Returns a token as Kubernetes puts it into a pod's file. Nobody signed it: the real service refuses it.
     *
     * @param subject such as {@code system:serviceaccount:shop:orders}
     * @param expiry from when on it is refused
     * @return a JWT
     */
    public String webIdentityToken(String subject, Instant expiry) {
        JsonObject header = Json.createObjectBuilder().add("alg", "none").build();
        JsonObject claims = Json.createObjectBuilder()
                .add("iss", "https://" + ISSUER)
                .add("aud", AUDIENCE)
                .add("sub", subject)
                .add("exp", expiry.getEpochSecond())
                .build();
        return base64(header) + "." + base64(claims) + "." + base64(header);
    }

    private static String base64(JsonObject json) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(json.toString().getBytes(UTF_8));
    }
}
