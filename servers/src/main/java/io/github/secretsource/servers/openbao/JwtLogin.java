package io.github.secretsource.servers.openbao;

import java.time.Duration;
import java.time.Instant;

/**
 * A login by a JSON web token: {@code auth/MOUNT/login} with {@code role} and {@code jwt}.
 *
 * @param mount without {@code auth/}
 * @param role its name
 * @param audience that tokens must be for
 * @param issuer who signs them
 */
public record JwtLogin(String mount, String role, String audience, JwtIssuer issuer) {

    /**
     * Signs a token that logs in.
     *
     * @param validity for how long, from now on; negative for one that expired
     * @return a token
     */
    public String token(Duration validity) {
        Instant now = Instant.now();
        return issuer.sign(Bodies.of(
                "sub",
                "app",
                "aud",
                audience,
                "iat",
                now.minusSeconds(3600).getEpochSecond(),
                "exp",
                now.plus(validity).getEpochSecond()));
    }
}
