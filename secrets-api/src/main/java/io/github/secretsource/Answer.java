package io.github.secretsource;

import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import org.jspecify.annotations.Nullable;

/**
 * What came of a flight: a content, a renewed lease or a problem.
 *
 * @param data the content, or null
 * @param lease the lease of the content, or as it stands after its renewal, or null
 * @param problem why there is neither, or null
 */
record Answer(
        @Nullable SecretData data,
        @Nullable LeaseTerms lease,
        @Nullable SecretException problem) {

    /** Asks the lease for its terms, so under no lock; what it throws is the source's. */
    static Answer of(SecretData data) {
        var lease = data.lease();
        return new Answer(data, lease.isPresent() ? LeaseTerms.of(lease.get()) : null, null);
    }

    static Answer renewed(Lease lease) {
        return new Answer(null, LeaseTerms.renewed(lease), null);
    }

    static Answer failed(SecretException problem) {
        return new Answer(null, null, problem);
    }
}
