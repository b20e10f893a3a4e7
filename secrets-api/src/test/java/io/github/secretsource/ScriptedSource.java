package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** A source that does as it is told, call by call, and remembers each call. All waiting is on the engine's timeline. */
final class ScriptedSource implements SecretSource {

    private static final Duration FOR_EVER = Duration.ofDays(20_000);

    /** One call as the source saw it. */
    record Call(SecretId id, long nanos, boolean freshLogin, Optional<String> knownVersion) {}

    /** What one call does. */
    @FunctionalInterface
    interface Answer {
        SecretData to(SecretId id, FetchContext context);
    }

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final List<Runnable> watchers = new CopyOnWriteArrayList<>();
    private final Queue<Answer> next = new ConcurrentLinkedQueue<>();
    private final AtomicInteger interrupts = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private volatile Answer standing = value("first");
    private volatile SourceTraits traits = SourceTraits.defaults();
    private volatile Timeline timeline = Timeline.system();

    // ---- the script --------------------------------------------------------------------------------------------

    ScriptedSource with(SourceTraits newTraits) {
        traits = newTraits;
        return this;
    }

    /** From now on every call does this. */
    ScriptedSource always(Answer answer) {
        standing = answer;
        return this;
    }

    /** The next call does this, the one after it what is said next, then what is always done. */
    ScriptedSource once(Answer answer) {
        next.add(answer);
        return this;
    }

    static Answer value(String value) {
        return (id, context) -> SecretData.of(SecretValue.of(value));
    }

    static Answer data(Supplier<SecretData> data) {
        return (id, context) -> data.get();
    }

    static Answer failing(Function<SecretId, SecretException> failure) {
        return (id, context) -> {
            throw failure.apply(id);
        };
    }

    static Answer down() {
        return failing(id -> new SecretUnavailableException(id, "is down", "wait"));
    }

    static Answer throttled(Duration retryAfter) {
        return failing(id -> SecretUnavailableException.throttled(id, retryAfter));
    }

    static Answer missing() {
        return failing(id -> new SecretNotFoundException(id, "is missing", "create it"));
    }

    static Answer denied() {
        return failing(id -> new SecretAccessException(id, "is denied", "allow it"));
    }

    static Answer malformed() {
        return failing(id -> new SecretFormatException(id, "is malformed", "correct it"));
    }

    static Answer error(Error error) {
        return (id, context) -> {
            throw error;
        };
    }

    /** Waits for the gate, then answers; an interrupt ends it as unavailable. */
    Answer after(CompletableFuture<?> gate, Answer then) {
        return (id, context) -> {
            try {
                timeline.await(gate, timeline.after(FOR_EVER));
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                throw new SecretUnavailableException(id, "was interrupted", "wait");
            }
            return then.to(id, context);
        };
    }

    /** Waits for the gate whatever interrupts it, then answers. */
    Answer deafUntil(CompletableFuture<?> gate, Answer then) {
        return (id, context) -> {
            while (!gate.isDone()) {
                try {
                    timeline.await(gate, timeline.after(FOR_EVER));
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
            return then.to(id, context);
        };
    }

    /** Takes a time, then answers. */
    Answer taking(Duration time, Answer then) {
        return (id, context) -> {
            try {
                timeline.await(new CompletableFuture<>(), timeline.after(time));
            } catch (InterruptedException e) {
                throw new SecretUnavailableException(id, "was interrupted", "wait");
            }
            return then.to(id, context);
        };
    }

    /** Says to whoever watches that something may have changed. */
    void hint() {
        watchers.forEach(Runnable::run);
    }

    // ---- what was seen -----------------------------------------------------------------------------------------

    List<Call> calls() {
        return List.copyOf(calls);
    }

    List<Call> calls(String path) {
        return calls.stream().filter(call -> call.id().path().equals(path)).toList();
    }

    /** The logins of the calls for a path: true where a fresh one was asked for. */
    List<Boolean> logins(String path) {
        return calls(path).stream().map(Call::freshLogin).toList();
    }

    int interrupts() {
        return interrupts.get();
    }

    int mostRunning() {
        return mostRunning.get();
    }

    // ---- as a source -------------------------------------------------------------------------------------------

    @Override
    public void start(SourceContext context) {
        timeline = context.timeline();
    }

    @Override
    public SourceTraits traits() {
        return traits;
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        calls.add(new Call(id, timeline.nanos(), context.freshLogin(), context.knownVersion()));
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            Answer told = next.poll();
            return (told == null ? standing : told).to(id, context);
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        watchers.add(mayHaveChanged);
        return () -> watchers.remove(mayHaveChanged);
    }
}
