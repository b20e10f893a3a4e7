package io.github.secretsource.sketch;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretValue;
import io.github.secretsource.sketch.RemoteStore.Answer;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.HashMap;

/** A source with leases, as Vault is: each read of a dynamic secret brings one, to renew and to revoke. */
record VaultLeaseSketch(RemoteStore vault) implements SecretSource {

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        Answer answer = Refusals.check(id, read(id, context));
        var fields = new HashMap<String, SecretValue>();
        answer.fields().forEach((name, text) -> fields.put(name, SecretValue.of(text)));
        SecretData data = SecretData.of(fields).withVersion(answer.version());
        return answer.lease().isEmpty()
                ? data
                : data.withLease(new VaultLease(vault, id, answer.lease(), answer.time()));
    }

    private Answer read(SecretId id, FetchContext context) {
        try {
            return vault.read(id.path(), id.selectorValue().orElse(RemoteStore.CURRENT), context.remaining());
        } catch (InterruptedException e) {
            throw Refusals.interrupted(id);
        }
    }

    @Override
    public SourceTraits traits() {
        return SourceTraits.defaults().withSelectors(Selector.VERSION);
    }

    private record VaultLease(RemoteStore vault, SecretId secret, String id, Duration ttl) implements Lease {

        @Override
        public boolean renewable() {
            return true;
        }

        @Override
        public Lease renew(FetchContext context) {
            try {
                Answer answer = Refusals.check(secret, vault.renew(id, context.remaining()));
                return new VaultLease(vault, secret, id, answer.time());
            } catch (InterruptedException e) {
                throw Refusals.interrupted(secret);
            }
        }

        @Override
        public void revoke(FetchContext context) {
            vault.revoke(id);
        }
    }
}
