package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A source that a test directs: it answers, hints and misbehaves as told, and notes in order what is asked of it. */
final class HintingSource implements SecretSource {

    /** What a fetch does instead of answering from what was put. */
    interface Fetch {
        @Nullable
        SecretData of(SecretId id, FetchContext context);
    }

    private final Map<String, SecretData> contents = new ConcurrentHashMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final AtomicInteger versions = new AtomicInteger();
    private final SourceTraits traits;
    private volatile Fetch fetch = (id, context) -> stored(id);
    private volatile Runnable onWatch = () -> {};
    private volatile Runnable onUnwatch = () -> {};
    private volatile Runnable onClose = () -> {};

    private HintingSource(SourceTraits traits) {
        this.traits = traits;
    }

    private record Watch(SecretId id, Runnable mayHaveChanged) {}

    /** One that may be far away: a second between hints. */
    static HintingSource remote() {
        return new HintingSource(SourceTraits.defaults());
    }

    /** One of this machine: 50 milliseconds between hints, every answer the truth. */
    static HintingSource local() {
        return new HintingSource(
                SourceTraits.defaults().withHintGap(Duration.ofMillis(50)).linearizable());
    }

    /** Stores a value under the next version: v1, v2 and so on. */
    HintingSource put(String path, String value) {
        return put(path, SecretData.of(SecretValue.of(value)).withVersion("v" + versions.incrementAndGet()));
    }

    HintingSource put(String path, SecretData data) {
        contents.put(path, data);
        return this;
    }

    HintingSource remove(String path) {
        contents.remove(path);
        return this;
    }

    /** Stores a value and says so. */
    void rotate(String path, String value) {
        put(path, value);
        hint(path);
    }

    void hint(String path) {
        for (Watch watch : watches) {
            if (watch.id.path().equals(path)) {
                watch.mayHaveChanged.run();
            }
        }
    }

    HintingSource fetches(Fetch instead) {
        fetch = instead;
        return this;
    }

    /** Fails every fetch as a store out of reach. */
    HintingSource down() {
        return fetches((id, context) -> {
            throw new SecretUnavailableException(id, "is out of reach", "start the store");
        });
    }

    HintingSource up() {
        return fetches((id, context) -> stored(id));
    }

    HintingSource onWatch(Runnable task) {
        onWatch = task;
        return this;
    }

    HintingSource onUnwatch(Runnable task) {
        onUnwatch = task;
        return this;
    }

    HintingSource onClose(Runnable task) {
        onClose = task;
        return this;
    }

    SecretData stored(SecretId id) {
        SecretData data = contents.get(id.path());
        if (data == null) {
            throw new SecretNotFoundException(id, "does not exist", "create it");
        }
        return data;
    }

    /** Everything asked so far, such as {@code fetch app}. */
    List<String> asked() {
        return List.copyOf(asked);
    }

    long count(String what) {
        return asked.stream().filter(what::equals).count();
    }

    long fetches() {
        return asked.stream().filter(call -> call.startsWith("fetch ")).count();
    }

    int watches() {
        return watches.size();
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        asked.add("fetch " + id.path());
        return fetch.of(id, context);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        asked.add("watch " + id.path());
        onWatch.run();
        var watch = new Watch(id, mayHaveChanged);
        watches.add(watch);
        return () -> {
            asked.add("unwatch " + id.path());
            watches.remove(watch);
            onUnwatch.run();
        };
    }

    @Override
    public SourceTraits traits() {
        return traits;
    }

    @Override
    public void close() {
        asked.add("close");
        onClose.run();
    }
}
