package io.github.secretsource;

import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * One source with its own threads, so that a source that hangs holds up nobody else: at most
 * {@link SourceTraits#permits()} calls at once, of which abandoned ones may take half. Safe for concurrent use.
 */
final class Lane implements SourceContext {

    private static final int BACKGROUND_THREADS = 8;
    private static final long CHALLENGE_GAP = Plan.SECOND / 5;

    private final String name;
    private final SecretSource source;
    private final SourceTraits traits;
    private final RefreshPolicy policy;
    private final Timeline timeline;
    private final Agenda agenda;
    private final Work work = new Work();
    private final EngineThreads calls;
    private final EngineThreads background;
    private final Queue<Call> queue = new ConcurrentLinkedQueue<>();
    private final Queue<Subscription> unwatched = new ConcurrentLinkedQueue<>();
    private final AtomicInteger threads = new AtomicInteger();
    private final AtomicInteger abandoned = new AtomicInteger();
    private final AtomicInteger secrets = new AtomicInteger();

    /** Refreshes per second, when all is well. */
    private final DoubleAdder usual = new DoubleAdder();

    private final AtomicLong nextChallenge;
    private final Logins logins;
    private final LeaseBook leases;
    private final BatchGate batches;
    private final Turnstile turnstile;
    private final Engine engine;

    /** Starts the source. The policy given is the application's global one. */
    Lane(Secrets.Builder.Named named, RefreshPolicy global, Engine engine) {
        this.name = named.name();
        this.source = named.source();
        this.timeline = engine.timeline();
        this.agenda = engine.agenda();
        this.engine = engine;
        this.logins = new Logins(timeline);
        this.leases = new LeaseBook(timeline, agenda);
        this.batches = new BatchGate(this);
        this.turnstile = new Turnstile(this, agenda);
        this.nextChallenge = new AtomicLong(timeline.nanos());
        this.background = new EngineThreads(timeline, "secretsource-" + name + "-work", BACKGROUND_THREADS);
        try {
            source.start(this);
            this.traits = source.traits();
            this.policy = named.policy().over(traits.policy()).over(global).checked("source '" + name + "'");
        } catch (RuntimeException | Error e) {
            background.stop();
            throw e;
        }
        this.calls = new EngineThreads(timeline, "secretsource-" + name, traits.permits());
    }

    SecretSource source() {
        return source;
    }

    SourceTraits traits() {
        return traits;
    }

    RefreshPolicy policy() {
        return policy;
    }

    long nanos() {
        return timeline.nanos();
    }

    double random() {
        return engine.random();
    }

    Turnstile turnstile() {
        return turnstile;
    }

    Logins logins() {
        return logins;
    }

    LeaseBook leases() {
        return leases;
    }

    BatchGate batches() {
        return batches;
    }

    /** How many of its secrets are kept. */
    int secrets() {
        return secrets.get();
    }

    void keeps(RefreshPolicy kept) {
        secrets.incrementAndGet();
        usual.add((double) Plan.SECOND / Math.max(1, Plan.nanos(kept.refreshAfter())));
    }

    void letsGo(RefreshPolicy kept) {
        secrets.decrementAndGet();
        usual.add((double) -Plan.SECOND / Math.max(1, Plan.nanos(kept.refreshAfter())));
    }

    /** The time between two calls while it catches up. */
    long pace() {
        return Plan.release(usual.sum());
    }

    /** Revokes a lease that nobody uses, soon. */
    void revoke(LeaseTerms lease) {
        background.execute(() -> leases.revoke(lease));
    }

    /**
     * Hands a call to the lane's threads. What waits for a thread waits here and not in the pool, whose tasks a fake
     * timeline takes for work that goes on.
     */
    void submit(Call call) {
        queue.add(call);
        if (claimThread() && !calls.begins(work)) {
            threads.decrementAndGet(); // The next call tries again; this one waits in the queue, as long as it may.
        }
    }

    private boolean claimThread() {
        int permits = traits.permits();
        while (true) {
            int claimed = threads.get();
            if (claimed >= permits) {
                return false;
            }
            if (threads.compareAndSet(claimed, claimed + 1)) {
                return true;
            }
        }
    }

    /** One thread's work: calls, as long as there are any. */
    private final class Work implements Runnable {

        @Override
        public void run() {
            do {
                for (Call next = queue.poll(); next != null; next = queue.poll()) {
                    next.task().run();
                    Thread.interrupted(); // An interrupt meant for this call must not reach the next one.
                }
                threads.decrementAndGet();
            } while (!queue.isEmpty() && claimThread());
        }
    }

    /** Closes a watch on a thread of its own, since closing may block; at the latest when the source is closed. */
    void unwatch(Subscription watch) {
        unwatched.add(watch);
        background.execute(this::closeUnwatched);
    }

    void closeUnwatched() {
        for (Subscription next = unwatched.poll(); next != null; next = unwatched.poll()) {
            quietly(next::close);
        }
    }

    private static void quietly(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // A source's own housekeeping: nobody can act on it, and its message may hold a value.
        }
    }

    /** Whether so many calls hang that another would only hang too. */
    boolean clogged() {
        return abandoned.get() >= Math.max(1, traits.permits() / 2);
    }

    void abandonedOne() {
        abandoned.incrementAndGet();
    }

    void returnedOne() {
        abandoned.decrementAndGet();
    }

    /** True at most five times a second: refused values must not become a storm of calls. */
    boolean mayChallenge(long now) {
        long next = nextChallenge.get();
        return now - next >= 0 && nextChallenge.compareAndSet(next, now + CHALLENGE_GAP);
    }

    void stop() {
        calls.stop();
        background.stop();
    }

    void join(long deadline) {
        calls.join(deadline);
        background.join(deadline);
    }

    List<Thread> alive() {
        var alive = new ArrayList<>(calls.alive());
        alive.addAll(background.alive());
        alive.addAll(leases.threads());
        return alive;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Timeline timeline() {
        return timeline;
    }

    @Override
    public Executor executor() {
        return new Background(background);
    }

    @Override
    public void leasesInDoubt() {
        engine.leasesInDoubt(this);
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period must be positive: " + period);
        }
        var repetition = new Repetition(Plan.nanos(period), task);
        agenda.set(repetition, timeline.nanos() + repetition.period);
        return repetition;
    }

    /** The source's own threads; what a task throws is dropped. */
    private record Background(EngineThreads threads) implements Executor {

        @Override
        public void execute(Runnable task) {
            threads.executeUntracked(new Quiet(task));
        }
    }

    /** A class and not a record: two submissions of one task are two. */
    private static final class Quiet implements Runnable {

        private final Runnable task;

        Quiet(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            quietly(task);
        }
    }

    /** A task that runs again and again, never twice at once: a run that is late leaves out those it overlaps. */
    private final class Repetition extends Timed implements Subscription, Runnable {

        private final long period;
        private final Runnable task;
        private volatile boolean closed;

        Repetition(long period, Runnable task) {
            this.period = period;
            this.task = task;
        }

        @Override
        void fire(long now) {
            background.execute(this);
        }

        @Override
        public void run() {
            long began = timeline.nanos();
            if (!closed) {
                quietly(task);
            }
            if (!closed) {
                agenda.set(this, Math.max(began + period, timeline.nanos()));
            }
        }

        @Override
        public void close() {
            closed = true;
            agenda.cancel(this);
        }
    }
}
