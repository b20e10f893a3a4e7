package io.github.secretsource.servers.azure;

/** What a caller needs to be granted, in the words of Azure's roles. */
enum SecretAction {
    GET("getSecret/action"),
    LIST("readMetadata/action"),
    SET("setSecret/action"),
    UPDATE("update/action"),
    DELETE("delete"),
    RECOVER("recover/action"),
    PURGE("purge/action");

    private final String suffix;

    SecretAction(String suffix) {
        this.suffix = suffix;
    }

    @Override
    public String toString() {
        return "Microsoft.KeyVault/vaults/secrets/" + suffix;
    }
}
