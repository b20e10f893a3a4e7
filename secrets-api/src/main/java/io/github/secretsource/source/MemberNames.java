package io.github.secretsource.source;

import io.github.secretsource.source.Failures.MovesOn;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceConfig;
import java.util.LinkedHashMap;
import java.util.Set;

/** The one setting of configured combinations: the names of their members. Stateless. */
final class MemberNames {

    private static final String SOURCES = "sources";

    private MemberNames() {}

    static Set<ConfigKey> keys() {
        return Set.of(ConfigKey.of(
                        SOURCES,
                        ConfigKey.Type.TEXT,
                        "The names of other configured sources, in the order in which they are asked, separated by commas.")
                .required());
    }

    static SecretSource open(SourceConfig config, MovesOn movesOn) {
        var members = new LinkedHashMap<String, SecretSource>();
        for (String name : config.required(SOURCES).split(",", -1)) {
            if (members.put(name.strip(), config.source(name.strip())) != null) {
                throw new IllegalArgumentException(SOURCES + " names the same source twice");
            }
        }
        return SecretSources.named(members, movesOn);
    }
}
