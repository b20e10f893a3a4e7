package io.github.secretsource.source;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;

@DisplayName("InMemorySecrets")
class InMemorySecretsContractTest extends SecretSourceContract {

    private final InMemorySecrets mem = InMemorySecrets.create();

    @Override
    protected SecretSource source() {
        return mem;
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        mem.put(name, fields);
    }

    @Override
    protected void putBytes(String name, byte[] value) {
        mem.put(name, SecretData.of(SecretValue.of(value)));
    }

    @Override
    protected void remove(String name) {
        mem.remove(name);
    }

    @Override
    protected void deny(String name) {
        mem.deny(name);
    }

    @Override
    protected void fail(String name) {
        mem.fail(name);
    }

    @Override
    protected void throttle(String name, Duration retryAfter) {
        mem.throttle(name, retryAfter);
    }

    @Override
    protected void hang(String name) {
        mem.hang(name);
    }

    @Override
    protected void corrupt(String name) {
        mem.corrupt(name);
    }

    @Override
    protected void recover(String name) {
        mem.recover(name);
    }

    @Override
    protected void lease(String name, Duration ttl) {
        mem.lease(name, ttl);
    }
}
