package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretValue;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Base64;

/** Takes apart the base64 of a name, a colon and a password. Stateless. */
final class BasicAuth {
    private BasicAuth() {}

    /**
     * Returns the pair. The name ends at the first colon; the password is the rest and may have more of them.
     *
     * @throws IllegalArgumentException if it is none; the message is the rest of a sentence about it, without content
     */
    static UsernamePassword decode(SecretValue auth) {
        return auth.use(encoded -> {
            byte[] pair = decoded(encoded);
            try {
                return pair(pair);
            } finally {
                Arrays.fill(pair, (byte) 0);
            }
        });
    }

    private static byte[] decoded(byte[] encoded) {
        try {
            byte[] decoded = Base64.getDecoder().decode(encoded);
            if (Arrays.equals(Base64.getEncoder().encode(decoded), encoded)) { // else padding or spare bits are wrong
                return decoded;
            }
        } catch (IllegalArgumentException e) { // its message has a character of the text
        }
        throw new IllegalArgumentException("is not base64");
    }

    private static UsernamePassword pair(byte[] pair) {
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        if (colon == pair.length) {
            throw new IllegalArgumentException("is not the base64 of a name, a colon and a password");
        }
        try {
            String username =
                    UTF_8.newDecoder().decode(ByteBuffer.wrap(pair, 0, colon)).toString();
            byte[] password = Arrays.copyOfRange(pair, colon + 1, pair.length);
            return UsernamePassword.of(username, SecretValue.of(password));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("has a name that is not UTF-8 text");
        }
    }
}
