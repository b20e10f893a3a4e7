package io.github.secretsource.servers.openbao;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.json.JsonObject;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;

/** Signs JSON web tokens with a key of its own. Immutable, safe for concurrent use. */
public final class JwtIssuer {
    private final KeyPair keys;
    private final String name;
    private final String algorithm;

    private JwtIssuer(String keyType, int keySize, String name, String algorithm) {
        try {
            var generator = KeyPairGenerator.getInstance(keyType);
            generator.initialize(keySize);
            this.keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        this.name = name;
        this.algorithm = algorithm;
    }

    /**
     * Makes an issuer whose tokens say RS256.
     *
     * @return with a new key
     */
    public static JwtIssuer rsa() {
        return new JwtIssuer("RSA", 2048, "RS256", "SHA256withRSA");
    }

    /**
     * Makes an issuer whose tokens say ES256.
     *
     * @return with a new key
     */
    public static JwtIssuer ec() {
        return new JwtIssuer("EC", 256, "ES256", "SHA256withECDSAinP1363Format");
    }

    /**
     * Returns what servers check signatures with.
     *
     * @return the public key
     */
    public String publicKeyPem() {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----\n";
    }

    /**
     * Signs a token.
     *
     * @param claims all of them
     * @return the token
     */
    public String sign(JsonObject claims) {
        String content = part(Bodies.of("alg", name, "typ", "JWT").toString().getBytes(UTF_8)) + "."
                + part(claims.toString().getBytes(UTF_8));
        try {
            var signature = Signature.getInstance(algorithm);
            signature.initSign(keys.getPrivate());
            signature.update(content.getBytes(UTF_8));
            return content + "." + part(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
