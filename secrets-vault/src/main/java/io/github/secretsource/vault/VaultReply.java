package io.github.secretsource.vault;

import java.util.Optional;

/**
 * What came back.
 *
 * @param status of HTTP
 * @param retryAfter the header of that name, where the transport shows headers
 * @param body not looked at yet; may hold secrets
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VaultReply(int status, Optional<String> retryAfter, byte[] body) {

    /** How large a body may be: a secret of 1 MiB, and what is around it. */
    static final int MAX_BODY = 2 << 20;

    @Override
    public String toString() {
        return "VaultReply[status=" + status + "]";
    }
}
