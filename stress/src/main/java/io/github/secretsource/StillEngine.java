package io.github.secretsource;

import java.util.concurrent.locks.ReentrantLock;

/**
 * An engine with one secret, in which nothing happens by itself: its threads are stopped, and the actors of a test do
 * their work. So it costs microseconds, and an actor can be any thread of the engine. Safe for concurrent use.
 */
final class StillEngine {

    private static final SecretRef REF = SecretRef.parse("store:app");

    private final RotatingStore store = new RotatingStore();
    private final Deliveries deliveries = new Deliveries();
    private final StillTime time = new StillTime(this::work);
    private final ReentrantLock views = new ReentrantLock();
    private final Engine engine;

    StillEngine() {
        var plan = Secrets.builder().source("store", store).time(time).executor(deliveries);
        engine = new Engine(plan, plan.given.values(), plan.policy, plan.listeners);
        engine.lanes().forEach(Lane::stop);
        engine.listenerThreads().stop();
        engine.events().stop();
    }

    RotatingStore store() {
        return store;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    StillTime time() {
        return time;
    }

    LiveSecret<String> open() {
        return engine.live(REF, secret -> secret.value().reveal(), null);
    }

    String read() {
        return engine.reads().secret(REF.id()).value().reveal();
    }

    /** The keeper of the secret, made if there is none. */
    Keeper keeper() {
        return engine.keeper(REF.id());
    }

    /** Time passes, long enough for the next call, too short for a refresh to be due. As {@link #pass}. */
    void later() {
        pass(5 * Plan.SECOND);
    }

    /** Time passes, and what is due then is done. For one thread, before the others begin or after they end. */
    void pass(long nanos) {
        time.moveTo(time.nanos() + nanos);
        for (Keeper keeper : engine.keepers()) {
            keeper.fire(time.nanos());
        }
        work();
    }

    /** What becomes of a handle when the secret rotates once more: the value it shows, unless it was left alone. */
    String fate(LiveSecret<String> handle) {
        Keeper its = handle.showing().keeper();
        if (engine.keepers().size() != 1 || !engine.keepers().contains(its)) {
            return "its keeper has left";
        }
        store.rotate();
        its.hinted();
        later();
        return handle.get();
    }

    /** What the threads of the source and of the views do. */
    void work() {
        for (Keeper keeper : engine.keepers()) {
            fly(keeper);
            for (LiveSecret<?> handle : keeper.holders()) {
                show(handle);
            }
        }
    }

    /** Makes the call that is on its way, if there is one. */
    private void fly(Keeper keeper) {
        Lane lane = keeper.lane();
        boolean unused = lane.mayChallenge(lane.nanos()); // Spent, so that what follows finds a flight and sends none.
        Flight present = keeper.challenge();
        if (present != null) {
            present.call().task().run();
        }
    }

    /** Renders what is new, one thread at a time as by a handle's mailbox; its first value is the opener's to make. */
    private void show(LiveSecret<?> handle) {
        views.lock();
        try {
            if (handle.shown.value() != null) {
                handle.showing().first();
            }
        } catch (IllegalStateException e) {
            // It was closed meanwhile; whoever reads it is told so.
        } finally {
            views.unlock();
        }
    }
}
