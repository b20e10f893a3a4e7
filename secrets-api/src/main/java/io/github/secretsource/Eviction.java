package io.github.secretsource;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the number of secrets that nobody holds within bounds: of more than ten thousand those used least leave memory.
 * Caffeine says which; it is loaded when there are more than a thousand. Safe for concurrent use, and never called under
 * a keeper's lock, since what it evicts takes other keepers' locks.
 */
final class Eviction {

    private static final int WATCHED_FROM = 1_000;
    private static final int MOST = 10_000;

    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile @Nullable Unheld unheld;

    /** A secret is new in memory. */
    void made(Keeper keeper, int count, Collection<Keeper> all) {
        if (unheld != null) {
            returns(keeper);
        } else if (count > WATCHED_FROM && begun.compareAndSet(false, true)) {
            unheld = new Unheld(MOST);
            all.forEach(this::returns);
        }
    }

    /** A refresh found that it was read since the last. */
    void used(Keeper keeper) {
        Unheld known = unheld;
        if (known != null && !known.touch(keeper)) {
            returns(keeper);
        }
    }

    /** Held, or gone: it is not to be evicted. */
    void leaves(Keeper keeper) {
        Unheld known = unheld;
        if (known != null) {
            known.remove(keeper);
        }
    }

    /** Nobody holds it. */
    void returns(Keeper keeper) {
        Unheld known = unheld;
        if (known != null && keeper.mayBeEvicted()) {
            known.add(keeper);
        }
    }

    /** The policy. A class of its own, so that nothing of the cache library is loaded before there is one. */
    private static final class Unheld {

        private final Cache<SecretId, Keeper> cache;

        Unheld(int most) {
            cache = Caffeine.newBuilder()
                    .maximumSize(most)
                    .executor(Runnable::run)
                    .<SecretId, Keeper>removalListener((id, removed, cause) -> {
                        if (cause.wasEvicted() && removed != null) {
                            removed.evicted();
                        }
                    })
                    .build();
        }

        boolean touch(Keeper keeper) {
            return cache.getIfPresent(keeper.id()) == keeper;
        }

        void add(Keeper keeper) {
            cache.put(keeper.id(), keeper);
        }

        void remove(Keeper keeper) {
            boolean unused = cache.asMap().remove(keeper.id(), keeper);
        }
    }
}
