package io.github.secretsource;

/** The view that makes nothing of a secret but its value. Ours, so it may run on any thread of ours. */
enum PlainView implements SecretView<SecretValue> {
    INSTANCE;

    @Override
    public SecretValue of(Secret secret) {
        return secret.value();
    }
}
