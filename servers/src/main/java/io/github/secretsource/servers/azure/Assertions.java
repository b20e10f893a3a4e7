package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/** A cluster's issuer of service-account tokens, which the tenant trusts: makes assertions and checks them. */
final class Assertions {
    private static final String ISSUER = "https://issuer.of.the.fake";
    private static final String AUDIENCE = "api://AzureADTokenExchange";
    private static final String ALGORITHM = "SHA256withRSA";
    private static final int KEY_BITS = 2048;

    private final ServiceClock clock;
    private final KeyPair keys;

    Assertions(ServiceClock clock) {
        this.clock = clock;
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS);
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    String make(AzureIdentity identity, Duration validity) {
        Instant now = clock.now();
        String header = encoded(Json.createObjectBuilder().add("alg", "RS256").add("typ", "JWT"));
        String claims = encoded(Json.createObjectBuilder()
                .add("iss", ISSUER)
                .add("sub", identity.subject())
                .add("aud", AUDIENCE)
                .add("iat", now.getEpochSecond())
                .add("exp", now.plus(validity).getEpochSecond()));
        return header + "." + claims + "." + base64(signature(header + "." + claims));
    }

    void check(String assertion, AzureIdentity identity) {
        String[] parts = assertion.split("\\.", -1);
        if (parts.length != 3) {
            throw EntraError.of(401, "invalid_client", 50027, "The assertion is no JWT.");
        }
        if (!isSigned(parts)) {
            throw EntraError.of(401, "invalid_client", 700027, "The signature of the assertion is not the issuer's.");
        }
        JsonObject claims = claims(parts[1]);
        if (!ISSUER.equals(claims.getString("iss", "")) || !AUDIENCE.equals(claims.getString("aud", ""))) {
            throw EntraError.of(401, "invalid_client", 700212, "No federated identity has this issuer and audience.");
        }
        if (!identity.subject().equals(claims.getString("sub", ""))) {
            throw EntraError.of(401, "invalid_client", 700213, "No federated identity has this subject.");
        }
        if (claims.getInt("exp", 0) <= clock.now().getEpochSecond()) {
            throw EntraError.of(401, "invalid_client", 700024, "The assertion is not within its time.");
        }
    }

    private byte[] signature(String signed) {
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initSign(keys.getPrivate());
            signature.update(signed.getBytes(US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isSigned(String[] parts) {
        try {
            var signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(keys.getPublic());
            signature.update((parts[0] + "." + parts[1]).getBytes(US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static JsonObject claims(String part) {
        try (var reader = Json.createReader(
                new StringReader(new String(Base64.getUrlDecoder().decode(part), UTF_8)))) {
            return reader.readObject();
        } catch (JsonException | IllegalArgumentException e) {
            throw EntraError.of(401, "invalid_client", 50027, "The claims of the assertion are no JSON.");
        }
    }

    private static String encoded(jakarta.json.JsonObjectBuilder object) {
        return base64(object.build().toString().getBytes(UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
