package io.github.secretsource.servers.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;

/** Signs tokens with a key on P-256. */
final class Jwt {
    private static final String HEADER = "{\"alg\":\"ES256\",\"typ\":\"JWT\"}";

    private Jwt() {}

    static String sign(JsonObject claims, PrivateKey key) {
        String content =
                base64(HEADER.getBytes(UTF_8)) + "." + base64(claims.toString().getBytes(UTF_8));
        try {
            var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(key);
            signature.update(content.getBytes(UTF_8));
            return content + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
