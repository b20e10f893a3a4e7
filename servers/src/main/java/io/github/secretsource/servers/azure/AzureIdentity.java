package io.github.secretsource.servers.azure;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An application of the tenant, which a client secret, a federated assertion or a machine proves. Not safe to print:
 * {@code toString} shows the client id alone. Safe for concurrent use.
 */
public final class AzureIdentity {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 30;

    private final String clientId = UUID.randomUUID().toString();
    private final String objectId = UUID.randomUUID().toString();
    private final String subject;
    private final AtomicInteger generation = new AtomicInteger();
    private volatile String secret = random();
    private volatile boolean demandsClaims;

    AzureIdentity(String name) {
        subject = "system:serviceaccount:default:" + name;
    }

    /**
     * Returns the id that clients give.
     *
     * @return a UUID
     */
    public String clientId() {
        return clientId;
    }

    /**
     * Returns the id that the directory gives.
     *
     * @return a UUID
     */
    public String objectId() {
        return objectId;
    }

    /**
     * Returns the client secret.
     *
     * @return the one that is valid now
     */
    public String secret() {
        return secret;
    }

    /**
     * Makes another client secret; the one before is refused from now on. Tokens stay valid.
     *
     * @return the new one
     */
    public String rotateSecret() {
        String made = random();
        secret = made;
        return made;
    }

    /** Makes all its tokens invalid: vaults answer 401, new tokens work. */
    public void revokeTokens() {
        demandsClaims = false;
        generation.incrementAndGet();
    }

    /** Makes all its tokens invalid: vaults answer 401 with a claims challenge, new tokens work. */
    public void demandClaims() {
        demandsClaims = true;
        generation.incrementAndGet();
    }

    String subject() {
        return subject;
    }

    int generation() {
        return generation.get();
    }

    boolean demandsClaims() {
        return demandsClaims;
    }

    static String random() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return clientId;
    }
}
