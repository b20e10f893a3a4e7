package io.github.secretsource.source;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;

/** Makes {@link MountedVolumes} from configuration. Stateless and safe for concurrent use. */
public final class MountedVolumesFactory implements SecretSourceFactory {

    private static final String MOUNT = "mount";
    private static final String ROOT = "root";
    private static final String MAXIMUM_SIZE = "maximum-size";
    private static final String EVENTS = "events";

    /** Makes one; the service loader does. */
    public MountedVolumesFactory() {}

    @Override
    public String kind() {
        return "file";
    }

    @Override
    public Set<ConfigKey> keys() {
        return Set.of(
                ConfigKey.of(
                        MOUNT + ".*",
                        ConfigKey.Type.PATH,
                        "A folder, or a single file, that is mounted under the name."),
                ConfigKey.of(ROOT, ConfigKey.Type.PATH, "The folder in which all names without a mount are looked up."),
                ConfigKey.of(
                                MAXIMUM_SIZE,
                                ConfigKey.Type.NUMBER,
                                "The most bytes of one file; larger ones are refused.")
                        .withDefault("1048576")
                        .withRange(1, 1 << 30),
                ConfigKey.of(
                                EVENTS,
                                ConfigKey.Type.FLAG,
                                "Whether to wait for file events besides looking each second.")
                        .withDefault("true"));
    }

    @Override
    public SecretSource open(SourceConfig config) {
        var builder = MountedVolumes.builder();
        config.family(MOUNT).forEach((name, path) -> builder.mount(name, path(config, name, path)));
        config.path(ROOT).ifPresent(builder::root);
        config.number(MAXIMUM_SIZE).ifPresent(builder::maximumSize);
        if (!config.flag(EVENTS).orElse(true)) {
            builder.pollOnly();
        }
        return builder.build();
    }

    private static Path path(SourceConfig config, String name, String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "secrets.source." + config.name() + "." + MOUNT + "." + name + " is not a path on this system");
        }
    }
}
