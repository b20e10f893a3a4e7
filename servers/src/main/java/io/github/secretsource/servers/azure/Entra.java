package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import java.util.Map;
import java.util.Set;

/** Entra over HTTP: instance discovery, OpenID configuration and the token endpoint, version 2. */
final class Entra {
    static final String HOST = "login.microsoftonline.com";
    private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final String DEFAULT_SCOPE = "/.default";
    private static final Set<String> RESOURCES = Set.of(Tokens.VAULT, "https://management.azure.com");

    private final Directory directory;
    private final Tokens tokens;
    private final Assertions assertions;
    private final Faults faults;

    Entra(Directory directory, Tokens tokens, Assertions assertions, Faults faults) {
        this.directory = directory;
        this.tokens = tokens;
        this.assertions = assertions;
        this.faults = faults;
    }

    Answer answer(Call call) {
        faults.strike(call);
        String path = call.path();
        if (path.equals("/common/discovery/instance")) {
            return instances(call);
        }
        if (path.endsWith("/.well-known/openid-configuration")) {
            return configuration(call, path.substring(0, path.length() - "/.well-known/openid-configuration".length()));
        }
        if (path.endsWith("/oauth2/v2.0/token")) {
            return token(call, path.substring(1, path.length() - "/oauth2/v2.0/token".length()));
        }
        return Answer.empty(404);
    }

    private Answer instances(Call call) {
        String host = call.header("Host");
        var instance = Json.createObjectBuilder()
                .add("preferred_network", host)
                .add("preferred_cache", host)
                .add("aliases", Json.createArrayBuilder().add(host));
        return Answer.of(
                200,
                Json.createObjectBuilder()
                        .add(
                                "tenant_discovery_endpoint",
                                call.base() + "/" + directory.tenant() + "/v2.0/.well-known/openid-configuration")
                        .add("api-version", "1.1")
                        .add("metadata", Json.createArrayBuilder().add(instance))
                        .build());
    }

    private Answer configuration(Call call, String issuerPath) {
        String tenant = call.base() + "/" + directory.tenant();
        return Answer.of(
                200,
                Json.createObjectBuilder()
                        .add("token_endpoint", tenant + "/oauth2/v2.0/token")
                        .add("authorization_endpoint", tenant + "/oauth2/v2.0/authorize")
                        .add("issuer", call.base() + issuerPath)
                        .build());
    }

    private Answer token(Call call, String tenant) {
        if (!call.method().equals("POST")) {
            throw EntraError.of(400, "invalid_request", 900561, "The endpoint accepts POST.");
        }
        if (!tenant.equals(directory.tenant())) {
            throw EntraError.of(400, "invalid_request", 90002, "There is no such tenant.");
        }
        Map<String, String> form = Call.form(call.body());
        if (!form.getOrDefault("grant_type", "").equals("client_credentials")) {
            throw EntraError.of(400, "unsupported_grant_type", 70003, "The fake knows client_credentials.");
        }
        AzureIdentity identity = directory
                .find(form.getOrDefault("client_id", ""))
                .orElseThrow(() -> EntraError.of(400, "unauthorized_client", 700016, "There is no such application."));
        prove(identity, form);
        call.by(identity);
        return issued(identity, resource(form));
    }

    private void prove(AzureIdentity identity, Map<String, String> form) {
        if (form.containsKey("client_assertion")) {
            if (!form.getOrDefault("client_assertion_type", "").equals(JWT_BEARER)) {
                throw EntraError.of(400, "invalid_request", 900144, "The type of the assertion is missing.");
            }
            assertions.check(form.get("client_assertion"), identity);
            return;
        }
        if (!form.containsKey("client_secret")) {
            throw EntraError.of(401, "invalid_client", 7000218, "Neither a secret nor an assertion was sent.");
        }
        if (!identity.secret().equals(form.get("client_secret"))) {
            throw EntraError.of(401, "invalid_client", 7000215, "The client secret is not valid.");
        }
    }

    private static String resource(Map<String, String> form) {
        for (String scope : form.getOrDefault("scope", "").split(" ", -1)) {
            if (scope.endsWith(DEFAULT_SCOPE)) {
                String resource = scope.substring(0, scope.length() - DEFAULT_SCOPE.length());
                if (!RESOURCES.contains(resource)) {
                    throw EntraError.of(400, "invalid_resource", 500011, "The tenant has no such resource.");
                }
                return resource;
            }
        }
        throw EntraError.of(400, "invalid_scope", 1002012, "The scope is not RESOURCE/.default.");
    }

    private Answer issued(AzureIdentity identity, String resource) {
        var token = tokens.issue(identity, resource);
        long seconds = tokens.lifetime().toSeconds();
        return Answer.of(
                200,
                Json.createObjectBuilder()
                        .add("token_type", "Bearer")
                        .add("expires_in", seconds)
                        .add("ext_expires_in", seconds)
                        .add("access_token", token.value())
                        .build());
    }
}
