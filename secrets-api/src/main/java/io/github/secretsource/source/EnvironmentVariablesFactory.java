package io.github.secretsource.source;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.util.Set;

/** Makes {@link EnvironmentVariables} from configuration. Stateless and safe for concurrent use. */
public final class EnvironmentVariablesFactory implements SecretSourceFactory {

    /** Makes one; the service loader does. */
    public EnvironmentVariablesFactory() {}

    @Override
    public String kind() {
        return "env";
    }

    @Override
    public Set<ConfigKey> keys() {
        return Set.of(ConfigKey.of(
                "prefix.*",
                ConfigKey.Type.TEXT,
                "All variables that begin with this are one secret of the given name."));
    }

    @Override
    public SecretSource open(SourceConfig config) {
        var builder = EnvironmentVariables.builder();
        config.family("prefix").forEach(builder::prefix);
        return builder.build();
    }
}
