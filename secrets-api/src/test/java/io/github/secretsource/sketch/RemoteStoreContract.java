package io.github.secretsource.sketch;

import io.github.secretsource.test.SecretSourceContract;
import java.time.Duration;
import java.util.Map;

/** How the tests of sources of a {@link RemoteStore} change what it holds. */
abstract class RemoteStoreContract extends SecretSourceContract {

    final RemoteStore store = new RemoteStore();

    @Override
    protected void put(String name, Map<String, String> fields) {
        store.put(name, fields);
    }

    @Override
    protected void remove(String name) {
        store.remove(name);
    }

    @Override
    protected void deny(String name) {
        store.answerWith(name, 403, Duration.ZERO);
    }

    @Override
    protected void fail(String name) {
        store.answerWith(name, 503, Duration.ofMinutes(1));
    }

    @Override
    protected void throttle(String name, Duration retryAfter) {
        store.answerWith(name, 429, retryAfter);
    }

    @Override
    protected void corrupt(String name) {
        store.answerWith(name, 422, Duration.ZERO);
    }

    @Override
    protected void hang(String name) {
        store.hang(name);
    }

    @Override
    protected void recover(String name) {
        store.recover(name);
    }
}
