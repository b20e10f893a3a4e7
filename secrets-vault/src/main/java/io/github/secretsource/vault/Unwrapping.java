package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is in a wrapping token, which can be done once: whoever finds it used up knows that somebody else has seen
 * it. Safe for concurrent use: logins are made one at a time.
 */
final class Unwrapping {
    private volatile @Nullable Unwrapped last;

    private record Unwrapped(SecretValue wrapping, SecretValue content) {}

    /**
     * Returns what a wrapping token holds, from memory if it was this one that was unwrapped last.
     *
     * @param field of the data, or "" if it holds a token
     * @throws Refusal if it holds nothing, any more or at all; it is not tried twice
     */
    SecretValue unwrapped(SecretValue wrapping, String field, VaultClient client, long deadline) throws Refusal {
        Unwrapped before = last;
        if (before != null && before.wrapping().equals(wrapping)) {
            return before.content();
        }
        VaultAnswer answer =
                client.send(VaultRequest.post("sys/wrapping/unwrap", Map.of()).token(wrapping), deadline);
        SecretValue content = field.isEmpty()
                ? answer.object("auth")
                        .map(auth -> VaultAnswer.secret(auth, "client_token"))
                        .orElse(null)
                : answer.object("data")
                        .map(data -> VaultAnswer.secret(data, field))
                        .orElse(null);
        if (!answer.isOk() || content == null) {
            throw Refusal.denied(
                    "may not be read: the wrapped credential of the login was refused (" + answer.status() + ")",
                    "wrap a new one; if nobody here used this one, somebody else did: revoke what it gave");
        }
        last = new Unwrapped(wrapping, content);
        return content;
    }
}
