package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SourceContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token in use. One login at a time: whoever needs a token meanwhile waits for that one. A login that is refused is not
 * tried again for a second, then for two, and so on up to a minute, so that no account is locked; one that gets no answer
 * is left to the engine. Safe for concurrent use.
 */
final class Session {
    private static final long SECOND = 1_000_000_000;
    private static final long LONGEST_GAP = 60 * SECOND;
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(5);

    private final Login login;
    private final VaultClient client;
    private final SourceContext context;
    private final Timeline timeline;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean keeping = new AtomicBoolean();

    private volatile @Nullable Token token;
    private @Nullable CompletableFuture<Token> pending; // under the lock
    private @Nullable Refusal failure; // under the lock
    private long failureHolds; // under the lock
    private long gap; // under the lock

    private boolean kept; // under the lock

    Session(Login login, VaultClient client, SourceContext context) {
        this.login = login;
        this.client = client;
        this.context = context;
        this.timeline = context.timeline();
    }

    /**
     * Returns the token to use.
     *
     * @throws Refusal if there is none to be had
     */
    Token token(FetchContext call) throws Refusal {
        Token now = token;
        boolean lost = now != null && now.isOver(timeline.nanos());
        if (now != null && !lost && !call.freshLogin()) {
            return now;
        }
        Token next = obtain(call, now);
        if (now != null && next != now) {
            context.leasesInDoubt();
        }
        return next;
    }

    /**
     * Returns the token to lease under, or to renew a lease with. Leases end with their token: one that is due is renewed
     * or replaced first.
     */
    Token lasting(Token now, FetchContext call) {
        now.leasesUnderIt(timeline.nanos());
        keep(call);
        Token next = token;
        return next == null ? now : next;
    }

    /** Runs in the background, about once a second. */
    private void keep() {
        keep(new Budget(timeline, BACKGROUND_LIMIT));
    }

    /** Renews the token when it is due, or replaces it, unless somebody is at it. One that is over is its next user's. */
    private void keep(FetchContext call) {
        Token now = token;
        long moment = timeline.nanos();
        if (now == null || !now.isDue(moment) || now.isOver(moment) || !keeping.compareAndSet(false, true)) {
            return;
        }
        try {
            boolean lives = renew(now, call);
            if (!now.isDue(timeline.nanos())) {
                return;
            }
            Token next = obtain(call, now);
            if (next == now) {
                now.tryAgainAt(timeline.nanos() + SECOND);
            } else if (!lives) {
                context.leasesInDoubt();
            }
        } catch (Refusal e) {
            now.failed(timeline.nanos());
        } finally {
            keeping.set(false);
        }
    }

    /** From the first token on that has an end. */
    private void keep(Token made) {
        lock.lock();
        try {
            if (kept || made.isEndless()) {
                return;
            }
            kept = true;
        } finally {
            lock.unlock();
        }
        context.every(BEAT, this::keep);
    }

    /** Renews if that can be; what is due afterwards must be replaced. Returns whether the token is still good. */
    private boolean renew(Token now, FetchContext call) throws Refusal {
        if (!now.isRenewable()) {
            return true;
        }
        long sent = timeline.nanos();
        VaultAnswer answer;
        try {
            var request = VaultRequest.post("auth/token/renew-self", Map.of()).token(now.value());
            answer = client.send(request, client.deadline(call));
        } catch (Refusal e) {
            if (now.isEnding(sent)) {
                return true; // Past its greatest life it is refused like this, too.
            }
            throw e;
        }
        Optional<Long> ttl = answer.object("auth").map(auth -> VaultAnswer.nanos(auth, "lease_duration"));
        if (!answer.isOk() || ttl.isEmpty()) {
            return answer.status() != 403;
        }
        if (!now.renewed(sent, ttl.get())) {
            now.tryAgainAt(sent);
        }
        return true;
    }

    /**
     * Returns the token that has taken the place of one that was refused, or is about to; the same one if nobody has asked
     * for another.
     *
     * @throws Refusal if there is none to be had
     */
    Token after(Token refused, FetchContext call) throws Refusal {
        CompletableFuture<Token> joined;
        lock.lock();
        try {
            Token now = token;
            if (now != null && now != refused) {
                return now;
            }
            joined = pending;
        } finally {
            lock.unlock();
        }
        return joined == null ? refused : await(joined, call);
    }

    private Token obtain(FetchContext call, @Nullable Token known) throws Refusal {
        CompletableFuture<Token> mine = null;
        CompletableFuture<Token> joined;
        lock.lock();
        try {
            Token now = token;
            if (now != null && now != known && !now.isOver(timeline.nanos())) {
                return now; // Somebody else has replaced it.
            }
            if (pending == null) {
                Refusal held = failure;
                if (held != null && timeline.nanos() - failureHolds < 0) {
                    throw held;
                }
                mine = new CompletableFuture<>();
                pending = mine;
            }
            joined = pending;
        } finally {
            lock.unlock();
        }
        if (mine != null) {
            logIn(mine, call, known);
        }
        return await(joined, call);
    }

    private Token await(CompletableFuture<Token> joined, FetchContext call) throws Refusal {
        try {
            if (!timeline.await(joined, client.deadline(call))) {
                throw Refusal.unavailable(
                        "cannot be read: the login was not answered in time", "look at the server's auth method");
            }
            return joined.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.unavailable("cannot be read: the login was not waited for", "it is tried again");
        } catch (CompletionException | CancellationException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw Refusal.unavailable("cannot be read: the login failed", "it is tried again");
        }
    }

    private void logIn(CompletableFuture<Token> result, FetchContext call, @Nullable Token known) {
        Token made = null;
        Refusal refused = Refusal.unavailable("cannot be read: the login failed", "it is tried again");
        try {
            made = login.isToken() ? given(call, known) : loggedIn(call);
        } catch (Refusal e) {
            refused = e;
        } finally {
            lock.lock();
            try {
                pending = null;
                if (made != null) {
                    token = made;
                    failure = null;
                    gap = 0;
                } else if (refused.kind() == Refusal.Kind.DENIED) {
                    failure = refused;
                    gap = Math.min(LONGEST_GAP, gap == 0 ? SECOND : gap * 2);
                    failureHolds = timeline.nanos() + gap;
                }
            } finally {
                lock.unlock();
            }
            if (made != null) {
                keep(made);
                result.complete(made);
            } else {
                result.completeExceptionally(refused);
            }
        }
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

    /** A token that is given: the store says how long it lasts, if its policy lets it ask. */
    private Token given(FetchContext call, @Nullable Token known) throws Refusal {
        SecretValue value = login.secret(client, call);
        if (known != null && known.value().equals(value)) {
            return known;
        }
        long sent = timeline.nanos();
        var request = VaultRequest.get("auth/token/lookup-self").token(value);
        VaultAnswer answer = client.send(request, client.deadline(call));
        var data = answer.isOk() ? answer.object("data").orElse(null) : null;
        if (data == null) {
            return new Token(value, false, sent, 0, false);
        }
        long ttl = VaultAnswer.nanos(data, "ttl");
        return new Token(value, false, sent, ttl, "true".equals(VaultAnswer.text(data, "renewable")));
    }

    /** Revokes a token that a login of ours made, and with it what was left under it. */
    void close(Duration limit) {
        Token now = token;
        token = null;
        if (now == null || !now.isOurs() || now.isOver(timeline.nanos())) {
            return;
        }
        try {
            var request = VaultRequest.post("auth/token/revoke-self", Map.of()).token(now.value());
            client.send(request, timeline.nanos() + limit.toNanos());
        } catch (Refusal e) {
            // It ends by itself; nobody is left to be told.
        }
    }
}
