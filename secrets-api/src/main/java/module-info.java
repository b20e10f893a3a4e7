/** Fetches secrets, keeps them fresh, and never prints them. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("module") // names modules that come after this one
module io.github.secretsource {
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires jakarta.json;

    exports io.github.secretsource;
    exports io.github.secretsource.spi;
    exports io.github.secretsource.source;
    exports io.github.secretsource.view;

    // Sources read JSON by the same rules; nobody else does.
    exports io.github.secretsource.text to
            io.github.secretsource.vault;

    uses io.github.secretsource.spi.SecretSourceFactory;

    provides io.github.secretsource.spi.SecretSourceFactory with
            io.github.secretsource.source.EnvironmentVariablesFactory,
            io.github.secretsource.source.FailoverFactory,
            io.github.secretsource.source.FirstOfFactory,
            io.github.secretsource.source.MountedVolumesFactory;
}
