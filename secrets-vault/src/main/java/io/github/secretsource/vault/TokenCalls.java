package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the server is asked about tokens: to make, to judge, to renew and to revoke one. Safe for concurrent use. */
final class TokenCalls {
    private static final long MINUTE = 60_000_000_000L;

    private final Login login;
    private final VaultClient client;
    private final Timeline timeline;

    /** What a login that was refused is to readers, where the method asks somebody else, who may be down. */
    private final Refusal undecided;

    /** Whether policies forbid a token to look at itself, so that a refusal says nothing; tried once a minute. */
    private volatile boolean blind;

    private volatile long lookedAt;

    /** What is known of a token that was refused something. */
    enum Verdict {
        LIVES,
        DEAD,
        UNKNOWN
    }

    TokenCalls(Login login, VaultClient client, Timeline timeline) {
        this.login = login;
        this.client = client;
        this.timeline = timeline;
        this.undecided = Refusal.unavailable(
                "cannot be read: the login (" + login + ") was refused (400)",
                "check the role and the credential, and whether what the auth method asks can be reached");
    }

    /**
     * Logs in, or takes the token that is given.
     *
     * @return another token; the known one where that is still the one that is given
     * @throws Refusal if there is none to be had
     */
    Token made(@Nullable Token known, FetchContext call) throws Refusal {
        return login.isToken() ? given(known, call) : loggedIn(call);
    }

    /** Whether the server refused a login, which it may count: an account may be locked after some. */
    boolean wasRefused(Refusal refusal) {
        return refusal == undecided || refusal.kind() == Refusal.Kind.DENIED;
    }

    private Token loggedIn(FetchContext call) throws Refusal {
        VaultRequest request = login.request(client, call);
        long sent = timeline.nanos();
        VaultAnswer answer = client.send(request, client.deadline(call));
        if (answer.status() == 404) {
            throw Refusal.unavailable(
                    "cannot be read: there is nothing at auth/" + login.mount(),
                    "enable the auth method there, or name the mount where it is");
        }
        if (answer.status() == 403) {
            // Said of a method that is not there, too, and of one whose own way to an identity provider is cut.
            throw Refusal.unavailable(
                    "cannot be read: the login (" + login + ") was refused (403)",
                    "enable the auth method there, and check the role, the credential and what the role binds");
        }
        if (answer.status() == 400 && login.asksOthers()) {
            throw undecided;
        }
        if (!answer.isOk()) {
            throw Refusal.denied(
                    "may not be read: the login (" + login + ") was refused (" + answer.status() + ")",
                    "check the role, the credential and what the role binds");
        }
        var auth = answer.object("auth").orElse(null);
        SecretValue value = auth == null ? null : VaultAnswer.secret(auth, "client_token");
        if (auth == null || value == null || value.equals(SecretValue.of(""))) {
            throw Refusal.denied(
                    "may not be read: the login (" + login + ") gave no token",
                    "a second factor cannot be given here: use a method without one");
        }
        long ttl = VaultAnswer.nanos(auth, "lease_duration");
        return new Token(value, true, sent, ttl, "true".equals(VaultAnswer.text(auth, "renewable")));
    }

    /** A token that is given: the store says how long it lasts, if its policy lets it ask. Others may have renewed it. */
    private Token given(@Nullable Token known, FetchContext call) throws Refusal {
        SecretValue value = login.secret(client, call);
        boolean same = known != null && known.value().equals(value);
        long sent = timeline.nanos();
        if (known != null && same && !known.isDue(sent)) {
            return known;
        }
        VaultAnswer answer = client.send(lookUp(value), client.deadline(call));
        if (known != null && same && known.isOver(sent) && answer.status() == 403) {
            throw ended();
        }
        var data = answer.isOk() ? answer.object("data").orElse(null) : null;
        looked(data == null);
        long ttl = data == null ? 0 : VaultAnswer.nanos(data, "ttl");
        if (known != null && same && !known.isOver(sent) && (data == null || !known.isShorterThan(ttl, sent))) {
            return known;
        }
        boolean renewable = data != null && "true".equals(VaultAnswer.text(data, "renewable"));
        return new Token(value, false, sent, ttl, renewable);
    }

    /** There is no other than the token that is given. It lives only if a policy was taken from it meanwhile. */
    static Refusal ended() {
        return Refusal.unavailable(
                "cannot be read: the token itself is refused: the one that is given has ended or was revoked",
                "give another token; if the token lives, add to a policy: "
                        + PolicyLine.of("auth/token/lookup-self", "read"));
    }

    private void looked(boolean refused) {
        lookedAt = timeline.nanos();
        blind = refused;
    }

    private static VaultRequest lookUp(SecretValue token) {
        return VaultRequest.get("auth/token/lookup-self").token(token);
    }

    /**
     * Asks whether a token that was refused something is good all the same.
     *
     * @param span for how long an earlier answer is believed, in nanoseconds
     * @throws Refusal if the server does not answer
     */
    Verdict verdict(Token token, long span, FetchContext call) throws Refusal {
        long now = timeline.nanos();
        if (token.isOver(now)) {
            return Verdict.DEAD;
        }
        if (token.wasGoodSince(now - span)) {
            return Verdict.LIVES;
        }
        boolean wasBlind = blind;
        if (wasBlind && now - lookedAt < MINUTE) {
            return Verdict.UNKNOWN;
        }
        int status = client.send(lookUp(token.value()), client.deadline(call)).status();
        if (wasBlind) {
            looked(status != 200); // It may have been one server that lagged behind.
        }
        if (status == 200) {
            token.wasGood(now);
            return Verdict.LIVES;
        }
        return status == 403 && !wasBlind ? Verdict.DEAD : Verdict.UNKNOWN;
    }

    /** A token has taken the place of one that seemed dead: where that seems dead too, the question is what is refused. */
    void doubtVerdict(Token fresh, FetchContext call) throws Refusal {
        looked(client.send(lookUp(fresh.value()), client.deadline(call)).status() == 403);
    }

    /**
     * Renews a token, if that can be.
     *
     * @return whether it is good still
     * @throws Refusal if the server does not answer
     */
    Verdict renew(Token token, FetchContext call) throws Refusal {
        if (!token.isRenewable()) {
            return Verdict.LIVES;
        }
        long sent = timeline.nanos();
        VaultAnswer answer;
        try {
            var request = VaultRequest.post("auth/token/renew-self", Map.of()).token(token.value());
            answer = client.send(request, client.deadline(call));
        } catch (Refusal e) {
            if (token.isEnding(sent)) {
                return Verdict.UNKNOWN; // Past its greatest life it is refused like this, too.
            }
            throw e;
        }
        Optional<Long> ttl = answer.object("auth").map(auth -> VaultAnswer.nanos(auth, "lease_duration"));
        if (answer.isOk() && ttl.isPresent()) {
            if (!token.renewed(sent, ttl.get())) {
                token.tryAgainAt(sent);
            }
            return Verdict.LIVES;
        }
        token.notRenewable();
        return answer.status() == 403 ? verdict(token, 0, call) : Verdict.LIVES;
    }

    /**
     * Revokes a token that a login of ours made, and with it what was left under it.
     *
     * @return whether the server answered; otherwise it lives on, until it ends by itself
     */
    boolean revoke(Token token, long deadline) {
        try {
            var request = VaultRequest.post("auth/token/revoke-self", Map.of()).token(token.value());
            var unused = client.send(request, deadline); // Where it may not revoke itself it never will.
            return true;
        } catch (Refusal e) {
            return false;
        }
    }
}
