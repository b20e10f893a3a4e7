package io.github.secretsource.source;

import io.github.secretsource.source.Failures.MovesOn;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.util.Set;

/** Makes {@link SecretSources#failover} from configuration. Stateless and safe for concurrent use. */
public final class FailoverFactory implements SecretSourceFactory {

    /** Makes one; the service loader does. */
    public FailoverFactory() {}

    @Override
    public String kind() {
        return "failover";
    }

    @Override
    public Set<ConfigKey> keys() {
        return MemberNames.keys();
    }

    @Override
    public SecretSource open(SourceConfig config) {
        return MemberNames.open(config, MovesOn.AFTER_UNAVAILABLE);
    }
}
