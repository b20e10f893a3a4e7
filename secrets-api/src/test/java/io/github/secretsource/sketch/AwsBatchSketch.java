package io.github.secretsource.sketch;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretValue;
import io.github.secretsource.sketch.RemoteStore.Answer;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A source with batches and stages, as AWS Secrets Manager is: a batch takes current contents only, reports errors per
 * item, and may leave items out.
 */
record AwsBatchSketch(RemoteStore aws) implements SecretSource {

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        try {
            return data(Refusals.check(id, aws.read(id.path(), label(id), context.remaining())));
        } catch (InterruptedException e) {
            throw Refusals.interrupted(id);
        }
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        var current = new HashMap<String, SecretId>();
        for (SecretId id : ids) {
            if (id.selector() == Selector.CURRENT) {
                current.put(id.path(), id);
            }
        }
        var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
        readAll(current, context).forEach((path, answer) -> {
            SecretId id = current.get(path);
            boolean found = answer.status() == 200;
            outcomes.put(id, found ? Outcome.of(data(answer)) : Outcome.failed(Refusals.of(id, answer)));
        });
        return outcomes;
    }

    private Map<String, Answer> readAll(Map<String, SecretId> current, FetchContext context) {
        try {
            return aws.readAll(current.keySet(), context.remaining());
        } catch (InterruptedException e) {
            throw Refusals.interrupted(current.values().iterator().next());
        }
    }

    private static SecretData data(Answer answer) {
        return SecretData.of(SecretValue.of(answer.fields().get("value"))).withVersion(answer.version());
    }

    private static String label(SecretId id) {
        return switch (id.selector()) {
            case CURRENT -> RemoteStore.CURRENT;
            case PREVIOUS -> RemoteStore.PREVIOUS;
            case VERSION, STAGE -> id.selectorValue().orElseThrow();
        };
    }

    @Override
    public SourceTraits traits() {
        return SourceTraits.defaults()
                .withSelectors(Selector.PREVIOUS, Selector.VERSION, Selector.STAGE)
                .withBatchSize(20);
    }
}
