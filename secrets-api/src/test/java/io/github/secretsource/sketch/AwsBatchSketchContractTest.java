package io.github.secretsource.sketch;

import io.github.secretsource.spi.SecretSource;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("A source with batches and stages")
class AwsBatchSketchContractTest extends RemoteStoreContract {

    @Override
    protected SecretSource source() {
        return new AwsBatchSketch(store);
    }

    @Override
    protected boolean holdsFields() {
        return false;
    }

    @Override
    protected void putStage(String name, String stage, Map<String, String> fields) {
        store.stage(name, stage, fields);
    }
}
