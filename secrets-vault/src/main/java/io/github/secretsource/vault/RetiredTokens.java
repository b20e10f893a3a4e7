package io.github.secretsource.vault;

import io.github.secretsource.Timeline;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that logins of ours made and that others took the place of. One that leases hang on lives to its end, or to the
 * close; any other is revoked as soon as no call can use it any more. Safe for concurrent use.
 */
final class RetiredTokens {

    /** Longer than any call lasts that took a token before it was replaced. */
    private static final long IN_USE = 60_000_000_000L;

    private record Retired(Token token, long since) {}

    private final TokenCalls calls;
    private final Timeline timeline;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Retired> tokens = new ArrayDeque<>(); // under the lock

    RetiredTokens(TokenCalls calls, Timeline timeline) {
        this.calls = calls;
        this.timeline = timeline;
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

    /** Revokes one that nothing hangs on, if there is one. */
    void revokeOne(long deadline) {
        Token useless = useless();
        if (useless != null) {
            calls.revoke(useless, deadline);
        }
    }

    private @Nullable Token useless() {
        long now = timeline.nanos();
        lock.lock();
        try {
            for (Iterator<Retired> all = tokens.iterator(); all.hasNext(); ) {
                Retired retired = all.next();
                boolean over = retired.token().isOver(now);
                boolean unused = !retired.token().hasLeases() && now - retired.since() >= IN_USE;
                if (over || unused) {
                    all.remove();
                }
                if (unused && !over) {
                    return retired.token();
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Revokes all, as far as there is time. */
    void revokeAll(long deadline) {
        Token next = any();
        while (next != null && timeline.nanos() - deadline < 0) {
            if (!next.isOver(timeline.nanos())) {
                calls.revoke(next, deadline);
            }
            next = any();
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
