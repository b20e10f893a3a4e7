package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** A source with batches, which do as they are told and are remembered; single calls are those of a scripted source. */
final class BatchSource implements SecretSource {

    /** One batch as the source saw it. */
    record Batch(Set<SecretId> ids, long nanos, boolean freshLogin) {}

    /** What one batch does. */
    @FunctionalInterface
    interface Answer {
        Map<SecretId, Outcome<SecretData>> to(Set<SecretId> ids, FetchContext context);
    }

    final ScriptedSource single = new ScriptedSource();
    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private volatile Answer standing = each(ScriptedSource.value("first"));
    private volatile SourceTraits traits = SourceTraits.defaults().withBatchSize(20);
    private volatile Timeline timeline = Timeline.system();

    /** From now on every batch does this. */
    BatchSource always(Answer answer) {
        standing = answer;
        return this;
    }

    BatchSource with(SourceTraits newTraits) {
        traits = newTraits;
        return this;
    }

    /** Every secret of a batch gets what a single call would bring. */
    static Answer each(ScriptedSource.Answer answer) {
        return (ids, context) -> {
            var outcomes = new LinkedHashMap<SecretId, Outcome<SecretData>>();
            for (SecretId id : ids) {
                try {
                    outcomes.put(id, Outcome.of(answer.to(id, context)));
                } catch (SecretException e) {
                    outcomes.put(id, Outcome.failed(e));
                }
            }
            return outcomes;
        };
    }

    /** The whole batch fails as a single call would. */
    static Answer whole(ScriptedSource.Answer failing) {
        return (ids, context) -> {
            SecretId any = ids.iterator().next();
            return Map.of(any, Outcome.of(failing.to(any, context)));
        };
    }

    List<Batch> batches() {
        return List.copyOf(batches);
    }

    List<Integer> sizes() {
        return batches.stream().map(batch -> batch.ids().size()).toList();
    }

    int calls() {
        return batches.size() + single.calls().size();
    }

    @Override
    public void start(SourceContext context) {
        timeline = context.timeline();
        single.start(context);
    }

    @Override
    public SourceTraits traits() {
        return traits;
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        return single.fetch(id, context);
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        batches.add(new Batch(Set.copyOf(ids), timeline.nanos(), context.freshLogin()));
        return standing.to(ids, context);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        return single.watch(id, mayHaveChanged);
    }
}
