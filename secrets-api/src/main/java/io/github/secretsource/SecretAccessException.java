package io.github.secretsource;

/**
 * These credentials may not read the secret. A store that does not tell "denied" from "not found" counts as denied.
 */
public final class SecretAccessException extends SecretException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param id which secret
     * @param problem what is wrong, without any value, header or body
     * @param fix what would fix it
     */
    public SecretAccessException(SecretId id, String problem, String fix) {
        super(id, problem, fix);
    }

    @Override
    SecretException again() {
        return new SecretAccessException(id(), problem(), fix());
    }
}
