package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes what is in a wrapping token, which can be done once: whoever finds it used up knows that somebody else has seen
 * it. What came of the last one is kept, so that it is not sent again. Safe for concurrent use: logins are made one at a
 * time.
 */
final class Unwrapping {
    private static final String ANOTHER = "wrap a new one";

    private volatile @Nullable Tried last;

    /** A wrapping token that was sent off, and what came of it: the content, or what is said where there is none. */
    private record Tried(SecretValue wrapping, @Nullable SecretValue content, Refusal otherwise) {

        SecretValue outcome() throws Refusal {
            if (content == null) {
                throw otherwise;
            }
            return content;
        }
    }

    /**
     * Returns what a wrapping token holds, from memory if it was this one that was unwrapped last.
     *
     * @param field of the data, or "" if it holds a token
     * @throws Refusal if it holds nothing, any more or at all; it is tried again only where nobody took the request
     */
    SecretValue unwrapped(SecretValue wrapping, String field, VaultClient client, long deadline) throws Refusal {
        Tried before = last;
        if (before != null && before.wrapping().equals(wrapping)) {
            return before.outcome();
        }
        Tried now = tried(wrapping, field, client, deadline);
        last = now;
        return now.outcome();
    }

    private static Tried tried(SecretValue wrapping, String field, VaultClient client, long deadline) throws Refusal {
        VaultAnswer answer;
        try {
            answer = client.send(
                    VaultRequest.post("sys/wrapping/unwrap", Map.of()).token(wrapping), deadline);
        } catch (Refusal e) {
            if (e.isOfLostAnswer()) {
                return new Tried(wrapping, null, lost());
            }
            throw e;
        }
        int status = answer.status();
        if (status == 404 || status == 405) {
            throw Refusal.unavailable(
                    "cannot be read: nothing unwraps the credential of the login there (" + status + ")",
                    "check the address and the namespace");
        }
        if (!answer.isOk()) {
            return new Tried(wrapping, null, usedUp(status));
        }
        var holder = answer.object(field.isEmpty() ? "auth" : "data");
        String name = field.isEmpty() ? "client_token" : field;
        SecretValue content =
                holder.map(object -> VaultAnswer.secret(object, name)).orElse(null);
        return new Tried(wrapping, content, otherContent());
    }

    private static Refusal lost() {
        return Refusal.unavailable(
                "cannot be read: the wrapped credential of the login was asked for from here, and the answer was lost",
                ANOTHER + "; this one is not sent again, since it is good for one use");
    }

    private static Refusal otherContent() {
        return Refusal.denied("may not be read: what was wrapped is not the credential of this login", ANOTHER);
    }

    private static Refusal usedUp(int status) {
        return Refusal.denied(
                "may not be read: the wrapped credential of the login was refused (" + status + ")",
                ANOTHER + "; if nobody here used this one, somebody else did: revoke what it gave");
    }
}
