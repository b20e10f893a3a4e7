package io.github.secretsource.vault;

import io.github.secretsource.Timeline;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that logins of ours made and that others took the place of. One that leases hang on lives to its end, or to the
 * close; any other is revoked as soon as no call can use it any more, or later if the server does not answer. Safe for
 * concurrent use.
 */
final class RetiredTokens {

    /** Longer than any call lasts that took a token before it was replaced. */
    private static final long IN_USE = 60_000_000_000L;

    /** So long none is revoked after one that the server did not answer. */
    private static final long GAP = 60_000_000_000L;

    private record Retired(Token token, long since) {}

    private final TokenCalls calls;
    private final Timeline timeline;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Retired> tokens = new ArrayDeque<>(); // under the lock
    private long next; // under the lock: none is revoked before

    RetiredTokens(TokenCalls calls, Timeline timeline) {
        this.calls = calls;
        this.timeline = timeline;
        this.next = timeline.nanos();
    }

    void add(Token token) {
        long now = timeline.nanos();
        if (!token.isOurs() || token.isOver(now)) {
            return;
        }
        lock.lock();
        try {
            tokens.add(new Retired(token, now));
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return tokens.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Revokes one that nothing hangs on, if there is one. It is forgotten when the server has answered. */
    void revokeOne(long deadline) {
        Retired useless = useless();
        if (useless == null) {
            return;
        }
        boolean answered = calls.revoke(useless.token(), deadline);
        lock.lock();
        try {
            if (answered) {
                boolean unused = tokens.remove(useless);
            } else {
                next = timeline.nanos() + GAP;
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Retired useless() {
        long now = timeline.nanos();
        lock.lock();
        try {
            boolean unused = tokens.removeIf(retired -> retired.token().isOver(now));
            if (now - next < 0) {
                return null;
            }
            for (Retired retired : tokens) {
                if (!retired.token().hasLeases() && now - retired.since() >= IN_USE) {
                    return retired;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Revokes the token that was in use, then all others, as far as there is time. */
    void revokeAll(@Nullable Token last, long deadline) {
        if (last != null && last.isOurs() && !last.isOver(timeline.nanos())) {
            boolean unused = calls.revoke(last, deadline);
        }
        Token one = any();
        while (one != null && timeline.nanos() - deadline < 0) {
            if (!one.isOver(timeline.nanos())) {
                boolean unused = calls.revoke(one, deadline);
            }
            one = any();
        }
    }

    private @Nullable Token any() {
        lock.lock();
        try {
            Retired retired = tokens.poll();
            return retired == null ? null : retired.token();
        } finally {
            lock.unlock();
        }
    }
}
