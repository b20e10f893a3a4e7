package io.github.secretsource;

import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.text.Guess;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The middle: finds the keeper of a secret, waits for flights, and holds what keepers share. Safe for concurrent use.
 */
final class Engine {

    private static final int STRIPES = 64;
    private static final int LISTENER_THREADS = 64;

    /** How many of those that are due soon are looked at for a batch. */
    private static final int LOOKED_AT = 1_000;

    /** The time in which all that became due at once is asked for. */
    private static final long CROWD = 10 * Plan.SECOND;

    private final Timeline timeline;
    private final Events events;
    private final EngineThreads listenerThreads;
    private final Executor deliveries;
    private final Agenda agenda;
    private final Map<String, Lane> lanes = new TreeMap<>();
    private final Map<SecretId, RefreshPolicy> policies;
    private final AllowList allowList;
    private final ConcurrentHashMap<SecretId, Keeper> keepers = new ConcurrentHashMap<>();
    private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];
    private final RefCache refs = new RefCache();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final boolean countsReads;
    private final ClockWatch clocks;

    /** Null until the clocks part. */
    private volatile @Nullable Random reseeded;

    private final Eviction eviction;
    private final Reads reads;

    /** Starts the sources. If one fails to start, those started are closed again. */
    Engine(
            Secrets.Builder plan,
            Collection<Secrets.Builder.Named> sources,
            RefreshPolicy global,
            java.util.List<SecretEventListener> listeners) {
        timeline = plan.timeline;
        events = new Events(timeline, listeners);
        listenerThreads = new EngineThreads(timeline, "secretsource-listener", LISTENER_THREADS);
        deliveries = plan.executor == null ? listenerThreads : plan.executor;
        agenda = new Agenda(timeline, new Sweep());
        policies = Map.copyOf(plan.secretPolicies);
        allowList = new AllowList(plan.allowed);
        countsReads = plan.countsReads;
        clocks = new ClockWatch(this);
        eviction = new Eviction();
        reads = new Reads(this);
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new ReentrantLock();
        }
        try {
            for (Secrets.Builder.Named named : sources) {
                lanes.put(named.name(), new Lane(named, global, this));
            }
            for (String source : allowList.sources()) {
                lane(source);
            }
            for (var policy : policies.entrySet()) {
                check(policy.getKey(), policy.getValue());
            }
        } catch (RuntimeException | Error e) {
            close();
            for (Secrets.Builder.Named named : sources) {
                if (!lanes.containsKey(named.name())) {
                    Closing.quietly(named.source());
                }
            }
            throw e;
        }
    }

    private void check(SecretId id, RefreshPolicy own) {
        own.over(lane(id).policy()).checked(id.toString());
    }

    // ---- finding -------------------------------------------------------------------------------------------------

    SecretRef parse(String ref) {
        return refs.parse(ref);
    }

    /** The keeper of a secret, made if there is none; every rule that needs no store is checked before. */
    Keeper keeper(SecretId id) {
        Keeper known = keepers.get(id);
        return known != null ? known : make(id);
    }

    private Keeper make(SecretId id) {
        checkOpen();
        Lane lane = lane(id);
        var problem = lane.traits().problemWith(id);
        if (problem.isPresent()) {
            throw new InvalidSecretRefException(id + ": " + problem.get());
        }
        if (!allowList.allows(id)) {
            events.emit(new SecretEvent.Denied(id, now(), null));
            throw new SecretAccessException(
                    id, "is not on the allow-list of its source", "add a pattern for it with Builder.allow");
        }
        RefreshPolicy own = policies.get(id);
        RefreshPolicy policy = own == null ? lane.policy() : own.over(lane.policy());
        var made = new Keeper(this, id, lane, policy, stripes[(id.hashCode() & 0x7fffffff) % STRIPES]);
        Keeper raced = keepers.putIfAbsent(id, made);
        if (raced != null) {
            return raced;
        }
        lane.keeps(policy);
        eviction.made(made, keepers.size(), keepers.values());
        return made;
    }

    private Lane lane(SecretId id) {
        return lane(id.source());
    }

    private Lane lane(String source) {
        Lane lane = lanes.get(source);
        if (lane == null) {
            throw new InvalidSecretRefException(
                    "unknown source '" + source + "'; " + Guess.hint(source, lanes.keySet()));
        }
        return lane;
    }

    /** Checks a reference offline: grammar was checked by its parser, this checks source and path. */
    void check(SecretRef ref) {
        SecretId id = ref.id();
        var problem = lane(id).traits().problemWith(id);
        if (problem.isPresent()) {
            throw new InvalidSecretRefException(id + ": " + problem.get());
        }
    }

    boolean allows(SecretId id) {
        return allowList.allows(id);
    }

    Reads reads() {
        return reads;
    }

    SecretSource source(String name) {
        checkOpen();
        return java.util.Objects.requireNonNull(lanes.get(name)).source();
    }

    void forget(Keeper keeper) {
        if (keepers.remove(keeper.id(), keeper)) {
            keeper.lane().letsGo(keeper.policy());
        }
    }

    Eviction eviction() {
        return eviction;
    }

    Collection<Keeper> keepers() {
        return keepers.values();
    }

    Collection<Lane> lanes() {
        return lanes.values();
    }

    // ---- handles -------------------------------------------------------------------------------------------------

    /** A handle with its first value; on failure nothing is kept. */
    <T> LiveSecret<T> live(SecretRef ref, SecretView<T> view, @Nullable String purpose) {
        LiveSecret<T> handle = hold(ref, view);
        try {
            Secret unused = reads.awaited(ref.id(), nanos(), null);
            handle.showing().first();
        } catch (RuntimeException | Error e) {
            handle.discard();
            throw e;
        }
        opened(ref.id(), purpose);
        return handle;
    }

    /** A handle at once; its first value comes later. */
    <T> LiveSecret<T> liveLater(SecretRef ref, SecretView<T> view, @Nullable String purpose) {
        LiveSecret<T> handle = hold(ref, view);
        handle.showing().later();
        launch(ref.id(), null);
        opened(ref.id(), purpose);
        return handle;
    }

    /** Sees to it that a fetch is on its way where there is no value; a refusal remembered shows on the handle. */
    void launch(SecretId id, @Nullable Departures together) {
        try {
            var unused = keeper(id).board(together);
        } catch (SecretException e) {
            // The handle says the same to whoever reads it, and the keeper asks again by itself.
        }
    }

    /** Refreshes leave; where one call may ask for more, what is due soon goes along. */
    void takeAlong(Lane lane, Departures leaving, long now) {
        int most = lane.batches().size();
        if (most > 1 && leaving.count(lane) > 0) {
            long soon = now + Plan.nanos(lane.policy().refreshAfter()) / 10;
            for (Timed near : agenda.dueBy(soon, LOOKED_AT)) {
                if (leaving.count(lane) < most && near instanceof Keeper keeper && keeper.lane() == lane) {
                    keeper.comeAlong(leaving, now);
                }
            }
        }
        leaving.depart();
    }

    private <T> LiveSecret<T> hold(SecretRef ref, SecretView<T> view) {
        while (true) {
            Keeper keeper = keeper(ref.id());
            var handle = new LiveSecret<>(this, keeper, ref, view);
            if (keeper.hold(handle)) {
                return handle;
            }
        }
    }

    private void opened(SecretId id, @Nullable String purpose) {
        if (events.wanted()) {
            events.emit(new SecretEvent.Opened(id, now(), purpose));
        }
    }

    /** Somebody who asked under a purpose was denied. */
    void denied(SecretId id, @Nullable String purpose) {
        if (purpose != null && events.wanted()) {
            events.emit(new SecretEvent.Denied(id, now(), purpose));
        }
    }

    void closed(SecretId id) {
        if (events.wanted()) {
            events.emit(new SecretEvent.Closed(id, now()));
        }
    }

    // ---- looking -------------------------------------------------------------------------------------------------

    List<SecretStatus> statuses() {
        checkOpen();
        var statuses = new ArrayList<SecretStatus>();
        for (Keeper keeper : keepers.values()) {
            if (keeper.inUse()) {
                statuses.add(keeper.status());
            }
        }
        statuses.sort((one, other) -> one.id().toString().compareTo(other.id().toString()));
        return statuses;
    }

    SecretsHealth health() {
        var troubled = new ArrayList<SecretStatus>();
        var level = SecretsHealth.Level.UP;
        for (SecretStatus status : statuses()) {
            if (status.state() != SecretStatus.State.FRESH) {
                troubled.add(status);
                boolean served = status.state() == SecretStatus.State.STALE;
                var its = served ? SecretsHealth.Level.DEGRADED : SecretsHealth.Level.DOWN;
                level = its.compareTo(level) > 0 ? its : level;
            }
        }
        return new SecretsHealth(level, troubled, events.dropped());
    }

    // ---- shared --------------------------------------------------------------------------------------------------

    long nanos() {
        return timeline.nanos();
    }

    Instant now() {
        return timeline.now();
    }

    Timeline timeline() {
        return timeline;
    }

    ClockWatch clocks() {
        return clocks;
    }

    /** A number for jitter. A machine that was restored from a snapshot must not share it with the others. */
    double random() {
        Random own = reseeded;
        return own == null ? ThreadLocalRandom.current().nextDouble() : own.nextDouble();
    }

    Agenda agenda() {
        return agenda;
    }

    Events events() {
        return events;
    }

    EngineThreads listenerThreads() {
        return listenerThreads;
    }

    /** Where consumers are told: the application's executor, or the library's threads. */
    Executor deliveries() {
        return deliveries;
    }

    boolean countsReads() {
        return countsReads;
    }

    void checkOpen() {
        if (closed.get()) {
            throw closedProblem();
        }
    }

    static IllegalStateException closedProblem() {
        return new IllegalStateException("Secrets is closed");
    }

    @Override
    public String toString() {
        return "sources=" + lanes.keySet() + ", secrets=" + keepers.size() + (closed.get() ? ", closed" : "");
    }

    /** After a freeze: what became too old is refused before anybody is told of it, and what is due takes turns. */
    private final class Sweep implements Runnable {

        @Override
        public void run() {
            long now = timeline.nanos();
            for (Keeper keeper : keepers.values()) {
                keeper.sweep(now);
            }
            crowd(now);
            for (Keeper keeper : keepers.values()) {
                keeper.tellUntold();
            }
        }
    }

    private void crowd(long now) {
        for (Lane lane : lanes.values()) {
            lane.turnstile().crowd(lane.secrets(), CROWD, now);
        }
    }

    /** The wall clock and the monotonic one parted by so much: everything is looked at again within ten seconds. */
    void clocksParted(Duration drift) {
        long now = timeline.nanos();
        reseeded = new Random(new SecureRandom().nextLong());
        crowd(now);
        for (Keeper keeper : keepers.values()) {
            keeper.suspect(drift, now);
        }
    }

    /** A source was down and answers again: its secrets take turns. */
    void sourceIsBack(Lane lane) {
        long now = timeline.nanos();
        for (Keeper keeper : keepers.values()) {
            if (keeper.lane() == lane) {
                keeper.sourceIsBack(now);
            }
        }
    }

    /** A source says that its leases may have ended early. */
    void leasesInDoubt(Lane lane) {
        long now = timeline.nanos();
        lane.turnstile().crowd(lane.leases().count(), CROWD, now);
        for (Keeper keeper : keepers.values()) {
            if (keeper.lane() == lane) {
                keeper.leaseInDoubt(now);
            }
        }
    }

    /** Ends everything within five seconds. Closing twice is harmless. */
    void close() {
        if (closed.compareAndSet(false, true)) {
            new Closing(this).run();
        }
    }
}
