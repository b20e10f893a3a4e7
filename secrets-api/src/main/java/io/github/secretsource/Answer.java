package io.github.secretsource;

import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import org.jspecify.annotations.Nullable;

/**
 * What came of a flight: a content, a renewed lease or a problem; one of them.
 *
 * @param data the content, or null
 * @param renewed the lease as it stands after its renewal, or null
 * @param problem why there is neither, or null
 */
record Answer(
        @Nullable SecretData data,
        @Nullable Lease renewed,
        @Nullable SecretException problem) {

    static Answer of(SecretData data) {
        return new Answer(data, null, null);
    }

    static Answer renewed(Lease lease) {
        return new Answer(null, lease, null);
    }

    static Answer failed(SecretException problem) {
        return new Answer(null, null, problem);
    }
}
