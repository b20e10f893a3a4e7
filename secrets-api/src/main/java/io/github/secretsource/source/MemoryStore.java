package io.github.secretsource.source;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.Timeline;
import io.github.secretsource.source.MemorySecret.LeaseTerms;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What an in-memory source holds: secrets, leases and what is scripted. One lock guards all of it; nobody else's code
 * runs under it. Safe for concurrent use.
 */
final class MemoryStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, MemorySecret> secrets = new TreeMap<>();
    private final Set<String> revoked = new HashSet<>();
    private LeaseCounts counts = LeaseCounts.NONE;
    private boolean down;
    private boolean loggedOut;
    private boolean closed;

    /** Changes one secret, which is made if there is none. */
    void change(String path, Consumer<MemorySecret> change) {
        SecretId.of("mem", path); // refuses what no reference can name
        open(() -> {
            change.accept(secret(path));
            return this;
        });
    }

    /** Notes one call for all the secrets and returns what holds each up. */
    Map<SecretId, MemoryPause> called(Set<SecretId> ids, Timeline timeline, boolean freshLogin) {
        return open(() -> {
            loggedOut = loggedOut && !freshLogin;
            var pauses = new HashMap<SecretId, MemoryPause>();
            for (SecretId id : ids) {
                MemorySecret secret = secret(id.path());
                secret.fetchTimes.add(timeline.nanos());
                long until = timeline.after(secret.delay);
                pauses.put(id, new MemoryPause(until, !secret.delay.isZero(), secret.gate));
            }
            return pauses;
        });
    }

    /** Answers a batch, or throws for the whole of it if the source is down. */
    Map<SecretId, Outcome<SecretData>> answers(Set<SecretId> ids) {
        return open(() -> {
            var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
            for (SecretId id : ids) {
                checkUp(id);
                outcomes.put(id, outcome(id));
            }
            return outcomes;
        });
    }

    private Outcome<SecretData> outcome(SecretId id) {
        try {
            return Outcome.of(answer(id));
        } catch (SecretException e) {
            return Outcome.failed(e);
        }
    }

    SecretData answer(SecretId id) {
        return open(() -> {
            check(id);
            SecretData data = secret(id.path()).answer(id);
            LeaseTerms terms = secret(id.path()).lease;
            return terms == null ? data : data.withLease(mint(id, terms));
        });
    }

    private Lease mint(SecretId id, LeaseTerms terms) {
        counts = counts.plus(1, 0, 0);
        return new MemoryLease(this, id, "lease-" + counts.minted() + "/" + id.path(), terms.ttl(), terms.renewable());
    }

    /** Extends a lease on the terms that are scripted now. */
    Lease renew(MemoryLease lease) {
        return open(() -> {
            check(lease.secret());
            if (revoked.contains(lease.id()) || !lease.renewable()) {
                throw new SecretNotFoundException(lease.secret(), "has no lease to renew", "fetch it again");
            }
            counts = counts.plus(0, 1, 0);
            LeaseTerms terms = secret(lease.secret().path()).lease;
            Duration ttl = terms == null ? lease.ttl() : terms.ttl();
            return new MemoryLease(this, lease.secret(), lease.id(), ttl, terms != null && terms.renewable());
        });
    }

    void revoke(MemoryLease lease) {
        open(() -> {
            check(lease.secret());
            counts = counts.plus(0, 0, revoked.add(lease.id()) ? 1 : 0);
            return this;
        });
    }

    /** Throws what is scripted for a secret, if anything is. */
    private void check(SecretId id) {
        checkUp(id);
        if (loggedOut) {
            throw new SecretAccessException(id, "is refused: the login has ended", "log in anew");
        }
        var trouble = secret(id.path()).trouble;
        if (trouble != null) {
            throw trouble.apply(id);
        }
    }

    private void checkUp(SecretId id) {
        if (down) {
            throw new SecretUnavailableException(id, "is in a source that is down", "recover it");
        }
    }

    void requireOpen() {
        open(() -> this);
    }

    void down(boolean now) {
        open(() -> down = now);
    }

    void logOut() {
        open(() -> loggedOut = true);
    }

    List<Long> fetchTimes(String path) {
        return locked(() -> List.copyOf(secret(path).fetchTimes));
    }

    LeaseCounts counts() {
        return locked(() -> counts);
    }

    /** Ends the trouble of a secret and lets its hung calls go on. */
    void recover(String path) {
        letGo(open(() -> {
            secret(path).trouble = null;
            return gatesOf(List.of(secret(path)));
        }));
    }

    void close() {
        letGo(locked(() -> {
            closed = true;
            return gatesOf(secrets.values());
        }));
    }

    private static List<MemoryPause.Gate> gatesOf(Iterable<MemorySecret> hung) {
        var gates = new ArrayList<MemoryPause.Gate>();
        for (MemorySecret secret : hung) {
            if (secret.gate != null) {
                gates.add(secret.gate);
                secret.gate = null;
            }
        }
        return gates;
    }

    private static void letGo(List<MemoryPause.Gate> gates) {
        gates.forEach(gate -> gate.opened().complete(null));
    }

    private MemorySecret secret(String path) {
        return secrets.computeIfAbsent(path, absent -> new MemorySecret());
    }

    private <T> T open(Supplier<T> action) {
        return locked(() -> {
            if (closed) {
                throw new IllegalStateException("this in-memory source is closed");
            }
            return action.get();
        });
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }
}
