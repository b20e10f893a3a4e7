package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.spi.Lease;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a store promises for a while. */
abstract class LeasePromises extends Promises {

    private static final Duration TTL = Duration.ofMinutes(10);

    LeasePromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("a leased secret brings its lease: a name, and no longer than the store said")
    void bringsItsLease() {
        Lease lease = leased();

        assertFalse(lease.id().isBlank(), "the lease has no name");
        assertTrue(lease.ttl().compareTo(TTL) <= 0, "it lasts longer than the store said: " + lease.ttl());
        assertFalse(lease.ttl().isNegative(), "it lasts less than nothing");
    }

    @Test
    @DisplayName("each fetch brings a lease of its own")
    void eachFetchHasItsOwn() {
        Lease one = leased();
        Lease other = fetch(ONE).lease().orElseThrow();

        assertNotEquals(one.id(), other.id());
    }

    @Test
    @DisplayName("a secret without a lease has none")
    void othersHaveNone() {
        leased();
        put(OTHER, "second");

        assertTrue(fetch(OTHER).lease().isEmpty(), "a lease of another secret");
    }

    @Test
    @DisplayName("a renewal extends the same lease")
    void renewsTheSame() {
        Lease lease = assumeRenewable(leased());

        Lease renewed = lease.renew(FetchCall.usual());

        assertNotNull(renewed, "renew returned null");
        assertEquals(lease.id(), renewed.id(), "a renewal is no new lease");
        assertTrue(renewed.ttl().compareTo(Duration.ZERO) > 0, "it does not last");
    }

    @Test
    @DisplayName("a revoked lease cannot be renewed, and says so in one of the four ways")
    void revokedIsOver() {
        Lease lease = assumeRenewable(leased());

        lease.revoke(FetchCall.usual());

        assertRefusedInOneOfFourWays(thrownBy(() -> lease.renew(FetchCall.usual())));
    }

    @Test
    @DisplayName("revoking one lease leaves the others")
    void revokesOne() {
        Lease one = leased();
        Lease other = assumeRenewable(fetch(ONE).lease().orElseThrow());

        one.revoke(FetchCall.usual());

        assertEquals(other.id(), other.renew(FetchCall.usual()).id());
    }

    @Test
    @DisplayName("a renewal during an outage is Unavailable, and possible afterwards")
    void renewalSurvivesAnOutage() {
        Lease lease = assumeRenewable(leased());
        contract.fail(ONE);
        assertRefused(SecretUnavailableException.class, id(ONE), () -> lease.renew(FetchCall.usual()));

        contract.recover(ONE);

        assertEquals(lease.id(), lease.renew(FetchCall.usual()).id());
    }

    private Lease leased() {
        put(ONE, "first");
        contract.lease(ONE, TTL);
        var lease = fetch(ONE).lease();
        assertTrue(lease.isPresent(), "the store leases it, the answer has no lease");
        return lease.orElseThrow();
    }

    private static Lease assumeRenewable(Lease lease) {
        assumeTrue(lease.renewable(), "not applicable: leases here cannot be renewed");
        return lease;
    }

    private void assertRefusedInOneOfFourWays(@Nullable Throwable thrown) {
        assertNotNull(thrown, "a revoked lease was renewed");
        assertTrue(
                thrown instanceof SecretException,
                () -> "a fifth outcome: " + thrown.getClass().getName());
        assertClean(id(ONE), (SecretException) thrown);
    }
}
