package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A store that makes an account for each fetch, as Vault's database engine does: under a lease with a ttl and a limit,
 * dead when the lease ends, is revoked, or its login is lost. It does as it is told and remembers each call. All
 * waiting is on the engine's timeline.
 */
final class LeaseStore implements SecretSource {

    private static final Duration FOR_EVER = Duration.ofDays(20_000);

    /** What the engine asks for. */
    enum What {
        MINT,
        RENEW,
        REVOKE
    }

    /** One call as the store saw it: for a mint the path, else the account. */
    record Call(What what, String of, long nanos, boolean freshLogin) {}

    /** What happens before the store answers; it may take time, or throw instead. */
    @FunctionalInterface
    interface Trouble {
        void strikes(SecretId id, FetchContext context);
    }

    static final Trouble NONE = (id, context) -> {};

    private final Map<String, Account> accounts = new ConcurrentHashMap<>();
    private final Map<What, Trouble> troubles = new ConcurrentHashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final List<WeakReference<SecretData>> answers = new CopyOnWriteArrayList<>();
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger logins = new AtomicInteger();
    private volatile UnaryOperator<Duration> stated = UnaryOperator.identity();
    private volatile UnaryOperator<Duration> statedAtFirst = UnaryOperator.identity();
    private volatile Duration ttl;
    private volatile Duration limit;
    private volatile boolean renewable = true;
    private volatile boolean loggedIn = true;
    private volatile Duration loginTakes = Duration.ZERO;
    private volatile Runnable onClose = () -> {};
    private volatile SourceContext context;

    LeaseStore(Duration ttl, Duration limit) {
        this.ttl = ttl;
        this.limit = limit;
    }

    // ---- the script ----------------------------------------------------------------------------------------------

    LeaseStore notRenewable() {
        renewable = false;
        return this;
    }

    /** From now on. */
    void lasting(Duration newTtl, Duration newLimit) {
        ttl = newTtl;
        limit = newLimit;
    }

    /** What stands in the way of such calls from now on. */
    LeaseStore when(What what, Trouble trouble) {
        troubles.put(what, trouble);
        return this;
    }

    void whenAny(Trouble trouble) {
        when(What.MINT, trouble).when(What.RENEW, trouble);
    }

    /** What renewals say of the time they granted; null where they say nothing at all. */
    void renewalsState(UnaryOperator<Duration> said) {
        stated = said;
    }

    void mintsState(UnaryOperator<Duration> said) {
        statedAtFirst = said;
    }

    /** The login is revoked: its accounts are dead, and calls are denied until there is a fresh one. */
    void loseLogin() {
        loggedIn = false;
        accounts.values().forEach(account -> account.dead = true);
    }

    /** There is a fresh login, though its accounts stay dead. */
    void logInAgain() {
        loggedIn = true;
    }

    void loginTakes(Duration time) {
        loginTakes = time;
    }

    void onClose(Runnable task) {
        onClose = task;
    }

    void hint() {
        watchers.forEach(Runnable::run);
    }

    void leasesInDoubt() {
        context.leasesInDoubt();
    }

    static Trouble down() {
        return failing(id -> new SecretUnavailableException(id, "is down", "wait"));
    }

    static Trouble throttled(Duration retryAfter) {
        return failing(id -> SecretUnavailableException.throttled(id, retryAfter));
    }

    static Trouble missing() {
        return failing(id -> new SecretNotFoundException(id, "is missing", "create it"));
    }

    static Trouble denied() {
        return failing(id -> new SecretAccessException(id, "is denied", "allow it"));
    }

    static Trouble failing(Function<SecretId, SecretException> failure) {
        return (id, context) -> {
            throw failure.apply(id);
        };
    }

    /** Takes a time; an interrupt ends it. */
    Trouble taking(Duration time) {
        return (id, unused) -> {
            try {
                pause(time);
            } catch (InterruptedException e) {
                throw new SecretUnavailableException(id, "was interrupted", "wait");
            }
        };
    }

    Trouble hanging() {
        return taking(FOR_EVER);
    }

    /** Takes a time whatever interrupts it. */
    Trouble deafFor(Duration time) {
        return (id, unused) -> {
            long until = context.timeline().after(time);
            while (context.timeline().nanos() - until < 0) {
                try {
                    pause(Duration.ofNanos(until - context.timeline().nanos()));
                } catch (InterruptedException e) {
                    // Deaf.
                }
            }
        };
    }

    private void pause(Duration time) throws InterruptedException {
        boolean unused = context.timeline()
                .await(new CompletableFuture<>(), context.timeline().after(time));
    }

    // ---- what was seen -------------------------------------------------------------------------------------------

    List<Call> calls() {
        return List.copyOf(calls);
    }

    List<Call> calls(What what) {
        return calls.stream().filter(call -> call.what() == what).toList();
    }

    /** When such calls came, in nanoseconds. */
    List<Long> times(What what) {
        return calls(what).stream().map(Call::nanos).toList();
    }

    int count(What what) {
        return calls(what).size();
    }

    /** Whether a server would let this user in. */
    boolean accepts(String user) {
        Account account = accounts.get(user);
        return account != null && account.lives();
    }

    /** Whether this user's lease lasts, as the store counts it: from when it answered. */
    Duration left(String user) {
        return Duration.ofNanos(accounts.get(user).ends - context.timeline().nanos());
    }

    /** The accounts that would be let in. */
    List<String> living() {
        return accounts.values().stream()
                .filter(Account::lives)
                .map(Account::id)
                .sorted()
                .toList();
    }

    /** How many of its answers somebody still holds in memory, after a collection. */
    long answersInMemory() {
        System.gc();
        return answers.stream().filter(answer -> answer.get() != null).count();
    }

    int logins() {
        return logins.get();
    }

    // ---- as a source ---------------------------------------------------------------------------------------------

    @Override
    public void start(SourceContext given) {
        context = given;
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext asked) {
        note(What.MINT, id.path(), asked);
        trouble(What.MINT, id, asked);
        logIn(id, asked);
        if (!loggedIn) {
            throw new SecretAccessException(id, "is denied: its login is over", "log in");
        }
        var account = new Account("user-" + made.incrementAndGet(), id);
        accounts.put(account.id(), account);
        Lease lease = account.lease(statedAtFirst.apply(account.grant()));
        SecretData answer = SecretData.of(SecretValue.of(account.id())).withLease(lease);
        answers.add(new WeakReference<>(answer));
        return answer;
    }

    private void logIn(SecretId id, FetchContext asked) {
        if (asked.freshLogin()) {
            logins.incrementAndGet();
            taking(loginTakes).strikes(id, asked);
            loggedIn = true;
        }
    }

    private void note(What what, String of, FetchContext asked) {
        calls.add(new Call(what, of, context.timeline().nanos(), asked.freshLogin()));
    }

    private void trouble(What what, SecretId id, FetchContext asked) {
        troubles.getOrDefault(what, NONE).strikes(id, asked);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        watchers.add(mayHaveChanged);
        return () -> watchers.remove(mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        return SourceTraits.defaults();
    }

    @Override
    public void close() {
        onClose.run();
    }

    private final class Account {

        private final String id;
        private final SecretId secret;
        private final long born = context.timeline().nanos();
        private volatile long ends;
        private volatile boolean dead;

        Account(String id, SecretId secret) {
            this.id = id;
            this.secret = secret;
        }

        String id() {
            return id;
        }

        boolean lives() {
            return !dead && context.timeline().nanos() - ends < 0;
        }

        /** As long as a lease lasts, but not beyond the limit. */
        Duration grant() {
            long now = context.timeline().nanos();
            ends = now + Math.min(ttl.toNanos(), born + limit.toNanos() - now);
            return Duration.ofNanos(ends - now);
        }

        Lease lease(Duration granted) {
            return new Granted(this, granted, renewable);
        }

        Lease renew(FetchContext asked) {
            note(What.RENEW, id, asked);
            boolean alive = lives();
            trouble(What.RENEW, secret, asked);
            if (!loggedIn) {
                throw new SecretAccessException(secret, "is denied: its login is over", "log in");
            }
            if (!alive) {
                throw new SecretNotFoundException(secret, "has no such lease", "ask for a new one");
            }
            return lease(stated.apply(grant()));
        }

        void revoke(FetchContext asked) {
            note(What.REVOKE, id, asked);
            trouble(What.REVOKE, secret, asked);
            dead = true;
        }
    }

    private record Granted(Account account, Duration ttl, boolean renewable) implements Lease {

        @Override
        public String id() {
            return account.id();
        }

        @Override
        public Lease renew(FetchContext asked) {
            return account.renew(asked);
        }

        @Override
        public void revoke(FetchContext asked) {
            account.revoke(asked);
        }
    }
}
