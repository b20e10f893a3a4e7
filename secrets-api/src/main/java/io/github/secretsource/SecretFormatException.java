package io.github.secretsource;

/**
 * The secret is there, but what it holds does not fit: broken JSON or base64, bytes that are not text, a missing
 * field, a value too large. The message names the field, never the value.
 */
public final class SecretFormatException extends SecretException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param id which secret
     * @param problem what is wrong, without any value, header or body
     * @param fix what would fix it
     */
    public SecretFormatException(SecretId id, String problem, String fix) {
        super(id, problem, fix);
    }

    @Override
    SecretException again() {
        return new SecretFormatException(id(), problem(), fix());
    }
}
