/** HashiCorp Vault and OpenBao as a source of secrets. */
@org.jspecify.annotations.NullMarked
module io.github.secretsource.vault {
    requires transitive io.github.secretsource;
    requires vault.java.driver;
    requires java.net.http;

    exports io.github.secretsource.vault;

    provides io.github.secretsource.spi.SecretSourceFactory with
            io.github.secretsource.vault.VaultSourceFactory;
}
