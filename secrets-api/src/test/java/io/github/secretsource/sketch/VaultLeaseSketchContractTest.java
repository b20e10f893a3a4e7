package io.github.secretsource.sketch;

import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A source with leases")
class VaultLeaseSketchContractTest extends RemoteStoreContract {

    @Override
    protected SecretSource source() {
        return new VaultLeaseSketch(store);
    }

    @Override
    protected void lease(String name, Duration ttl) {
        store.lease(name, ttl);
    }
}
