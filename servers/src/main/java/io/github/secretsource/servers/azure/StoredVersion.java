package io.github.secretsource.servers.azure;

import java.time.Instant;

/** One version of a secret; {@code managed} is that of a certificate, which only the certificate changes. */
record StoredVersion(String id, AzureSecret content, Instant created, Instant updated, boolean managed) {

    StoredVersion changed(AzureSecret other, Instant now) {
        return new StoredVersion(id, other, created, now, managed);
    }
}
