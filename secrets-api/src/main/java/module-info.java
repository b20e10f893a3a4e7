/** Fetches secrets, keeps them fresh, and never prints them. */
@org.jspecify.annotations.NullMarked
module io.github.secretsource {
    requires static transitive org.jspecify;
    requires com.github.benmanes.caffeine;
    requires jakarta.json;

    exports io.github.secretsource;
    exports io.github.secretsource.spi;
    exports io.github.secretsource.source;
    exports io.github.secretsource.view;

    uses io.github.secretsource.spi.SecretSourceFactory;

    provides io.github.secretsource.spi.SecretSourceFactory with
            io.github.secretsource.source.EnvironmentVariablesFactory,
            io.github.secretsource.source.FailoverFactory,
            io.github.secretsource.source.FirstOfFactory,
            io.github.secretsource.source.MountedVolumesFactory;
}
