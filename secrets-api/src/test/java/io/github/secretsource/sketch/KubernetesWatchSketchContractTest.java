package io.github.secretsource.sketch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.Secret;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A source with a blocking watch")
class KubernetesWatchSketchContractTest extends SecretSourceContract {

    private final InMemorySecrets server = InMemorySecrets.create();
    private final AtomicLong resourceVersion = new AtomicLong(1_000);
    private final Map<String, String> uids = new HashMap<>();

    @Override
    protected SecretSource source() {
        return new KubernetesWatchSketch(server);
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        var bytes = new HashMap<String, byte[]>();
        fields.forEach((field, text) -> bytes.put(field, text.getBytes(UTF_8)));
        apply(name, bytes);
    }

    @Override
    protected void putBytes(String name, byte[] value) {
        apply(name, Map.of("field", value));
    }

    private void apply(String name, Map<String, byte[]> fields) {
        long version = resourceVersion.incrementAndGet();
        var object = new HashMap<String, String>();
        object.put("uid", uids.computeIfAbsent(name, absent -> "uid-" + version));
        object.put("resourceVersion", Long.toString(version));
        fields.forEach((field, value) ->
                object.put("data." + field, Base64.getEncoder().encodeToString(value)));
        server.put(name, object);
    }

    @Override
    protected void remove(String name) {
        uids.remove(name);
        server.remove(name);
    }

    @Override
    protected void deny(String name) {
        server.deny(name);
    }

    @Override
    protected void fail(String name) {
        server.fail(name);
    }

    @Override
    protected void hang(String name) {
        server.hang(name);
    }

    @Override
    protected void corrupt(String name) {
        server.put(name, Map.of("uid", "1", "resourceVersion", "1", "data.password", "no base64!"));
    }

    @Override
    protected void recover(String name) {
        server.recover(name);
    }

    @Test
    @DisplayName("an immutable object is reported as one that never rotates")
    void reportsImmutableObjects() {
        server.put("kit-a", Map.of("uid", "1", "resourceVersion", "1", "immutable", "true"));
        server.put("kit-b", Map.of("uid", "2", "resourceVersion", "1"));
        try (var secrets = Secrets.builder().source("store", source()).build();
                var immutable = secrets.live("store:kit-a", Secret::fieldNames);
                var other = secrets.live("store:kit-b", Secret::fieldNames)) {
            assertThat(immutable.status().rotates()).isFalse();
            assertThat(other.status().rotates()).isTrue();
        }
    }
}
