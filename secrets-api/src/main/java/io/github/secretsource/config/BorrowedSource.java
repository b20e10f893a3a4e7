package io.github.secretsource.config;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Outcome;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A configured source in the hands of another one, which uses it but neither starts nor closes it: that happens under
 * its own name, once. As safe for concurrent use as what it lends.
 */
record BorrowedSource(SecretSource lent) implements SecretSource {

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        return lent.fetch(id, context);
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        return lent.fetchAll(ids, context);
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        return lent.watch(id, mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        return lent.traits();
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        return lent.diagnose(ids);
    }

    @Override
    public List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return lent.leastPrivilege(ids);
    }

    @Override
    public String toString() {
        return "BorrowedSource[" + lent.getClass().getSimpleName() + "]";
    }
}
