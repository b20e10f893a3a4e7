package io.github.secretsource.source;

/**
 * How often the leases of an {@link InMemorySecrets} were asked for. Immutable and safe for concurrent use.
 *
 * @param minted leases given out, one per fetch of a leased secret
 * @param renewed renewals that succeeded
 * @param revoked leases that were revoked
 */
public record LeaseCounts(int minted, int renewed, int revoked) {

    static final LeaseCounts NONE = new LeaseCounts(0, 0, 0);

    LeaseCounts plus(int moreMinted, int moreRenewed, int moreRevoked) {
        return new LeaseCounts(minted + moreMinted, renewed + moreRenewed, revoked + moreRevoked);
    }
}
