package io.github.secretsource;

import org.jspecify.annotations.Nullable;

/**
 * What a flight is sent for.
 *
 * @param cold whether no good value is held: a refusal is then worth a second call with a fresh login
 * @param freshLogin whether to log in anew first
 * @param knownVersion the version held, or null
 * @param lease the lease to renew, or null to fetch
 */
record Errand(
        boolean cold,
        boolean freshLogin,
        @Nullable String knownVersion,
        @Nullable LeaseTerms lease) {

    static Errand renewal(LeaseTerms lease) {
        return new Errand(false, false, null, lease);
    }
}
