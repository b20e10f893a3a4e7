package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A private key for SSH, as a Kubernetes secret of type {@code kubernetes.io/ssh-auth} holds it.
 *
 * <pre>{@code
 * LiveSecret<SshKey> deploy = secrets.live("file:git", SshKey::from);
 * deploy.get().privateKey().use(pem -> ssh.addIdentity(pem));
 * }</pre>
 *
 * <p>Immutable and safe for concurrent use. Two are equal if their keys are the same bytes. It prints nothing of the
 * key.
 */
public final class SshKey {
    private static final String PRIVATE_KEY = "ssh-privatekey";

    private final SecretValue privateKey;

    private SshKey(SecretValue privateKey) {
        this.privateKey = privateKey;
    }

    /**
     * Returns the key in the field {@code ssh-privatekey}. Other fields are ignored. Whether the key can be used is not
     * checked, only that there is one: the JDK knows neither the format of OpenSSH nor its passphrases.
     *
     * @param secret a secret with that field, or of one value that is the key
     * @return the key
     * @throws SecretFormatException if the field is missing, or if it does not hold exactly one private key in PEM, the
     *     format that begins with {@code -----BEGIN}
     */
    public static SshKey from(Secret secret) {
        SecretValue key = Parts.part(secret, PRIVATE_KEY);
        long found;
        try {
            found = key.use(Pem::blocks).stream()
                    .filter(Pem.Block::isPrivateKey)
                    .count();
        } catch (IllegalArgumentException e) { // a message of Pem, which holds no content
            throw Parts.malformed(secret, PRIVATE_KEY, e);
        }
        if (found != 1) {
            throw Parts.malformed(secret, PRIVATE_KEY, "holds " + found + " private keys in PEM instead of one");
        }
        return new SshKey(key);
    }

    /**
     * Returns the key as it is stored: PEM text, every byte of it, line ends and comments included.
     *
     * @return the key; still encrypted if it has a passphrase
     */
    public SecretValue privateKey() {
        return privateKey;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SshKey that && privateKey.equals(that.privateKey);
    }

    /** Salted, as the hash of a {@link SecretValue} is. */
    @Override
    public int hashCode() {
        return privateKey.hashCode();
    }

    @Override
    public String toString() {
        return "SshKey[***]";
    }
}
