package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * A machine with managed identities: the metadata service of virtual machines, and the endpoint of App Service, both
 * without TLS. Clients read from the environment where they are. Safe for concurrent use.
 */
public final class AzureMachine {
    private static final String METADATA_PATH = "/metadata/identity/oauth2/token";
    private static final String APP_SERVICE_PATH = "/msi/token";

    private final Directory directory;
    private final Tokens tokens;
    private final Faults faults;
    private final AzureIdentity own;
    private final String header = AzureIdentity.random();
    private final AzureEndpoint endpoint;

    AzureMachine(
            Directory directory, Tokens tokens, Faults faults, AzureIdentity own, AccessLog log, Executor threads) {
        this.directory = directory;
        this.tokens = tokens;
        this.faults = faults;
        this.own = own;
        this.endpoint = new AzureEndpoint(AzureFake.MACHINE, this::answer, log, threads, null);
    }

    /** Returns what a process on a virtual machine needs in its environment. */
    public Map<String, String> metadataEnvironment() {
        return Map.of("AZURE_POD_IDENTITY_AUTHORITY_HOST", endpoint.uri().toString());
    }

    /** Returns what a process in App Service has in its environment. */
    public Map<String, String> appServiceEnvironment() {
        return Map.of("IDENTITY_ENDPOINT", endpoint.uri() + APP_SERVICE_PATH, "IDENTITY_HEADER", header);
    }

    /** Returns its port, to stop it, to pause it, or to stand before it. */
    public AzureEndpoint endpoint() {
        return endpoint;
    }

    private Answer answer(Call call) {
        faults.strike(call);
        if (call.path().equals(METADATA_PATH)) {
            if (!call.header("Metadata").equals("true")) {
                throw error(400, "invalid_request", "The header Metadata is missing.");
            }
            return token(call);
        }
        if (call.path().equals(APP_SERVICE_PATH)) {
            if (!call.header("X-IDENTITY-HEADER").equals(header)) {
                throw error(401, "unauthorized", "The header X-IDENTITY-HEADER is not right.");
            }
            return token(call);
        }
        return Answer.empty(404);
    }

    private Answer token(Call call) {
        String clientId = call.query("client_id");
        AzureIdentity identity = clientId.isEmpty()
                ? own
                : directory
                        .find(clientId)
                        .orElseThrow(() -> error(400, "invalid_request", "The machine has no such identity."));
        if (!call.query("resource").equals(Tokens.VAULT)) {
            throw error(400, "invalid_resource", "The tenant has no such resource.");
        }
        call.by(identity);
        var token = tokens.issue(identity, Tokens.VAULT);
        return Answer.of(
                200,
                Json.createObjectBuilder()
                        .add("access_token", token.value())
                        .add("client_id", identity.clientId())
                        .add("expires_in", Long.toString(tokens.lifetime().toSeconds()))
                        .add("expires_on", Long.toString(token.expires().getEpochSecond()))
                        .add("resource", Tokens.VAULT)
                        .add("token_type", "Bearer")
                        .build());
    }

    private static Refusal error(int status, String code, String description) {
        return new Refusal(Answer.of(
                status,
                Json.createObjectBuilder()
                        .add("error", code)
                        .add("error_description", description)
                        .build()));
    }
}
