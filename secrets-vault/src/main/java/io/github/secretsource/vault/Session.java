package io.github.secretsource.vault;

import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.vault.TokenCalls.Verdict;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token in use. One login at a time: whoever needs a token meanwhile waits for that one. A login that is refused is not
 * tried again for a second, then for two, and so on up to a minute, so that no account is locked; one that gets no answer
 * is left to the engine. What a token is refused says nothing of the token: it is replaced when the server does not know
 * it any more, and leases are in doubt only then. Safe for concurrent use.
 */
final class Session {
    private static final long SECOND = 1_000_000_000;
    private static final long LONGEST_GAP = 60 * SECOND;
    private static final Duration BEAT = Duration.ofSeconds(1);
    private static final Duration BACKGROUND_LIMIT = Duration.ofSeconds(5);

    /** So long after its login another one would hardly be given other policies. */
    private static final long YOUTH = 60 * SECOND;

    private final TokenCalls calls;
    private final VaultClient client;
    private final SourceContext context;
    private final Timeline timeline;
    private final RetiredTokens retired;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicReference<@Nullable CompletableFuture<Void>> upkeep = new AtomicReference<>();

    private volatile @Nullable Token token;
    private volatile @Nullable Held held; // written by the one flight
    private @Nullable CompletableFuture<Token> pending; // under the lock
    private boolean kept; // under the lock
    private boolean closed; // under the lock

    /** A login was refused: there is no other before a moment, so that no account is locked. */
    private record Held(Refusal refusal, long gap, long until) {

        static Held after(@Nullable Held last, Refusal refusal, long now) {
            long gap = last == null ? SECOND : Math.min(LONGEST_GAP, last.gap() * 2);
            return new Held(refusal, gap, now + gap);
        }
    }

    /** Why a token is looked for. */
    private enum Cause {
        NONE_LEFT,
        REFUSED,
        FRESH,
        DUE
    }

    Session(Login login, VaultClient client, SourceContext context) {
        this.client = client;
        this.context = context;
        this.timeline = context.timeline();
        this.calls = new TokenCalls(login, client, timeline);
        this.retired = new RetiredTokens(calls, timeline);
    }

    /**
     * Returns the token to use.
     *
     * @throws Refusal if there is none to be had
     */
    Token token(FetchContext call) throws Refusal {
        Token now = token;
        if (now == null || now.isOver(timeline.nanos())) {
            return obtain(now, Cause.NONE_LEFT, Verdict.DEAD, call);
        }
        return call.freshLogin() ? obtain(now, Cause.FRESH, Verdict.UNKNOWN, call) : now;
    }

    /**
     * Returns the token to go on with where one was refused: another, if that one is dead or was replaced meanwhile.
     *
     * @throws Refusal if the server does not say, or if there is none to be had
     */
    Token after(Token refused, FetchContext call) throws Refusal {
        return obtain(refused, Cause.REFUSED, Verdict.UNKNOWN, call);
    }

    /** Whether the server has just said that a token is good. */
    boolean isKnownGood(Token asked) {
        return asked.wasGoodSince(timeline.nanos() - SECOND);
    }

    /**
     * Returns the token to lease under, or to renew a lease with. Leases end with their token: one that is due is renewed
     * or replaced first. That takes half of the time of the call at most, since the token at hand is good; after it has
     * failed it is left to the background.
     */
    Token lasting(Token now, FetchContext call) {
        if (now.hasFailed()) {
            return now;
        }
        now.dueAtHalf(timeline.nanos());
        keep(new Budget(timeline, call.remaining().dividedBy(2)));
        Token next = token;
        return next == null ? now : next;
    }

    /** Runs in the background, about once a second. */
    private void keep() {
        keep(new Budget(timeline, BACKGROUND_LIMIT));
        retired.revokeOne(client.deadline(new Budget(timeline, BACKGROUND_LIMIT)));
    }

    /** Renews the token when it is due, or replaces it; waits if somebody is at it. One that is over is its next user's. */
    private void keep(FetchContext call) {
        Token now = token;
        long moment = timeline.nanos();
        if (now == null || !now.isDue(moment) || now.isOver(moment)) {
            return;
        }
        var mine = new CompletableFuture<Void>();
        CompletableFuture<Void> others = upkeep.compareAndExchange(null, mine);
        if (others != null) {
            waitFor(others, call);
            return;
        }
        try {
            Verdict verdict = calls.renew(now, call);
            if (now.isDue(timeline.nanos()) && obtain(now, Cause.DUE, verdict, call) == now) {
                now.failed(timeline.nanos());
            }
        } catch (Refusal | RuntimeException e) { // Of foreign code, too: the token is good.
            now.failed(timeline.nanos());
        } finally {
            upkeep.set(null);
            mine.complete(null);
        }
    }

    private void waitFor(CompletableFuture<?> others, FetchContext call) {
        try {
            boolean unused = timeline.await(others, client.deadline(call));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Token obtain(@Nullable Token known, Cause cause, Verdict verdict, FetchContext call) throws Refusal {
        CompletableFuture<Token> mine = null;
        CompletableFuture<Token> joined;
        lock.lock();
        try {
            Token now = token;
            if (now != null && now != known && !now.isOver(timeline.nanos())) {
                return now; // Somebody else has replaced it.
            }
            if (pending == null) {
                mine = new CompletableFuture<>();
                pending = mine;
            }
            joined = pending;
        } finally {
            lock.unlock();
        }
        if (mine != null) {
            fly(mine, known, cause, verdict, call);
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

    /** One flight for all who look for a token. */
    private void fly(
            CompletableFuture<Token> result, @Nullable Token known, Cause cause, Verdict told, FetchContext call) {
        Token next = null;
        Verdict verdict = told;
        Refusal refused = Refusal.unavailable("cannot be read: the login failed", "it is tried again");
        try {
            if (known != null && (cause == Cause.REFUSED || cause == Cause.FRESH)) {
                verdict = calls.verdict(known, cause == Cause.REFUSED ? SECOND : 0, call);
            }
            next = known != null && isKept(known, cause, verdict) ? known : replacement(known, verdict, call);
        } catch (Refusal e) {
            refused = e;
        } finally {
            lands(next, known, verdict);
            if (next == null) {
                result.completeExceptionally(refused);
            } else {
                result.complete(next);
            }
        }
        if (next != null && next != known) {
            replaced(next, known, cause, verdict, call);
        }
    }

    private boolean isKept(Token known, Cause cause, Verdict verdict) {
        return switch (cause) {
            case REFUSED -> verdict != Verdict.DEAD;
            case FRESH -> verdict == Verdict.LIVES && known.isOurs() && known.wasMadeSince(timeline.nanos() - YOUTH);
            case DUE, NONE_LEFT -> false;
        };
    }

    /** Another token; the one that lives, where there is no other to be had. */
    private Token replacement(@Nullable Token known, Verdict verdict, FetchContext call) throws Refusal {
        try {
            Token made = madeOrHeld(known, call);
            if (made == known && verdict == Verdict.DEAD) {
                throw TokenCalls.ended();
            }
            return made;
        } catch (Refusal e) {
            if (known != null && verdict == Verdict.LIVES && !known.isOver(timeline.nanos())) {
                return known;
            }
            throw e;
        }
    }

    private Token madeOrHeld(@Nullable Token known, FetchContext call) throws Refusal {
        Held last = held;
        if (last != null && timeline.nanos() - last.until() < 0) {
            throw last.refusal();
        }
        try {
            return calls.made(known, call);
        } catch (Refusal e) {
            if (calls.wasRefused(e)) {
                held = Held.after(last, e, timeline.nanos());
            }
            throw e;
        }
    }

    private void lands(@Nullable Token next, @Nullable Token known, Verdict verdict) {
        boolean replaces = next != null && next != known;
        Token left = replaces && verdict != Verdict.DEAD ? known : null;
        lock.lock();
        try {
            pending = null;
            if (replaces) {
                held = null;
                token = closed ? null : next;
                left = closed ? next : left; // Nobody has known it yet; the other was revoked already.
            }
        } finally {
            lock.unlock();
        }
        if (left != null) {
            retired.add(left);
        }
    }

    private void replaced(Token next, @Nullable Token known, Cause cause, Verdict verdict, FetchContext call) {
        keep(next);
        if (known == null || verdict == Verdict.LIVES) {
            return;
        }
        context.leasesInDoubt();
        boolean judged = verdict == Verdict.DEAD && cause != Cause.NONE_LEFT;
        try {
            if (judged && next.isOurs()) {
                calls.doubtVerdict(next, call);
            }
        } catch (Refusal e) {
            // It is seen at the next refusal.
        }
    }

    /** From the first token on that has an end, or has replaced another. */
    private void keep(Token made) {
        lock.lock();
        try {
            if (kept || closed || (made.isEndless() && retired.isEmpty())) {
                return;
            }
            kept = true;
        } finally {
            lock.unlock();
        }
        context.every(BEAT, this::keep);
    }

    /**
     * Revokes the tokens that logins of ours made, and with them what was left under them. A login under way, which may
     * hear no interrupt, is waited for as long as there is time: nobody could revoke its token later.
     */
    void close(Duration limit) {
        var budget = new Budget(timeline, limit);
        Token last;
        CompletableFuture<Token> login;
        lock.lock();
        try {
            closed = true;
            last = token;
            token = null;
            login = pending;
        } finally {
            lock.unlock();
        }
        retired.revokeAll(last, client.deadline(budget));
        if (login != null) {
            waitFor(login, budget);
            retired.revokeAll(null, client.deadline(budget));
        }
    }
}
