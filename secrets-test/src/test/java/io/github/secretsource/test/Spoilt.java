package io.github.secretsource.test;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.util.Map;
import java.util.Set;

/** A good source, to be made wrong in one way by whoever extends this. */
class Spoilt implements SecretSource {

    final SecretSource good;

    Spoilt(SecretSource good) {
        this.good = good;
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        return good.fetch(id, context);
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        return good.fetchAll(ids, context);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        return good.watch(id, mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        return good.traits();
    }

    @Override
    public void start(SourceContext context) {
        good.start(context);
    }

    @Override
    public void close() {
        good.close();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
