package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Access tokens: issued by Entra and the managed identity, checked by vaults. */
final class Tokens {
    static final String VAULT = "https://vault.azure.net";
    private static final String BEARER = "Bearer ";
    private static final String INVALID = ", error=\"invalid_token\"";

    private final ServiceClock clock;
    private final Map<String, Token> issued = new ConcurrentHashMap<>();
    private volatile String authority = "";
    private volatile Duration lifetime = Duration.ofHours(1);

    /** Who holds it, what for, until when; the generation tells whether it was revoked since. */
    record Token(String value, AzureIdentity identity, String resource, Instant expires, int generation) {
        @Override
        public String toString() {
            return "token of " + identity;
        }
    }

    Tokens(ServiceClock clock) {
        this.clock = clock;
    }

    /** Sets what challenges name: scheme, host and port of Entra, and the tenant. */
    void challengeWith(String tenantAddress) {
        authority = tenantAddress;
    }

    Token issue(AzureIdentity identity, String resource) {
        var token = new Token(
                AzureIdentity.random() + AzureIdentity.random(),
                identity,
                resource,
                clock.now().plus(lifetime),
                identity.generation());
        issued.put(token.value(), token);
        return token;
    }

    void lifetime(Duration each) {
        lifetime = each;
    }

    Duration lifetime() {
        return lifetime;
    }

    List<String> values() {
        return List.copyOf(issued.keySet());
    }

    /** Returns who calls a vault. */
    AzureIdentity caller(Call call) {
        String header = call.header("Authorization");
        if (!header.startsWith(BEARER)) {
            throw challenge("AKV10000: The request has no token.", "");
        }
        Token token = issued.get(header.substring(BEARER.length()));
        if (token == null) {
            throw challenge("AKV10046: The token is not known.", INVALID);
        }
        if (token.generation() != token.identity().generation()) {
            throw token.identity().demandsClaims()
                    ? claimsChallenge()
                    : challenge("AKV10046: The token was revoked.", INVALID);
        }
        if (!clock.now().isBefore(token.expires())) {
            throw challenge("AKV10048: The token expired.", INVALID);
        }
        if (!token.resource().equals(VAULT)) {
            throw challenge("AKV10022: The token is for another audience.", INVALID);
        }
        call.by(token.identity());
        return token.identity();
    }

    private Refusal challenge(String message, String more) {
        return new Refusal(Answer.error(401, "Unauthorized", message, "")
                .with(
                        "WWW-Authenticate",
                        "Bearer authorization=\"" + authority + "\", resource=\"" + VAULT + "\"" + more));
    }

    private Refusal claimsChallenge() {
        var claim = Json.createObjectBuilder()
                .add("essential", true)
                .add("value", Long.toString(clock.now().getEpochSecond()));
        var claims = Json.createObjectBuilder()
                .add("access_token", Json.createObjectBuilder().add("nbf", claim))
                .build();
        String encoded = Base64.getEncoder().encodeToString(claims.toString().getBytes(UTF_8));
        return new Refusal(Answer.error(401, "Unauthorized", "AKV10000: The token lacks claims.", "")
                .with(
                        "WWW-Authenticate",
                        "Bearer realm=\"\", authorization_uri=\"" + authority
                                + "/oauth2/authorize\", error=\"insufficient_claims\", claims=\"" + encoded + "\""));
    }
}
