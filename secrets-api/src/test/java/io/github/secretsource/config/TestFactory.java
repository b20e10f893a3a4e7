package io.github.secretsource.config;

import io.github.secretsource.SecretId;
import io.github.secretsource.source.EnvironmentVariablesFactory;
import io.github.secretsource.source.FailoverFactory;
import io.github.secretsource.source.FirstOfFactory;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes sources of kind {@code test}: notes what it was given, and misbehaves as its {@code token} says. */
final class TestFactory implements SecretSourceFactory {

    final List<String> log = new ArrayList<>();
    final Map<String, Object> seen = new HashMap<>();
    final List<String> warnings = new ArrayList<>();

    /** Reads a configuration with this factory and built-in ones, and notes what it would write into the log. */
    Configuration read(Map<String, String> config) {
        return TestConfig.read(config, withBuiltIn(), warnings);
    }

    List<SecretSourceFactory> withBuiltIn() {
        return List.of(new EnvironmentVariablesFactory(), new FailoverFactory(), new FirstOfFactory(), this);
    }

    @Override
    public String kind() {
        return "test";
    }

    @Override
    public Set<ConfigKey> keys() {
        return Set.of(
                ConfigKey.of("address", ConfigKey.Type.URI, "Where it is."),
                ConfigKey.of("ca", ConfigKey.Type.PATH, "What it trusts."),
                ConfigKey.of("timeout", ConfigKey.Type.DURATION, "How long."),
                ConfigKey.of("threads", ConfigKey.Type.NUMBER, "How many.")
                        .withRange(1, 64)
                        .withDefault("4"),
                ConfigKey.of("tls", ConfigKey.Type.FLAG, "Whether."),
                ConfigKey.of("token", ConfigKey.Type.TEXT, "A secret."),
                ConfigKey.of("credential", ConfigKey.Type.REF, "Where the secret is."),
                ConfigKey.of("mount.*", ConfigKey.Type.TEXT, "Several."));
    }

    @Override
    public SecretSource open(SourceConfig config) {
        switch (config.text("token").orElse("")) {
            case "quoted-secret" -> throw new IllegalArgumentException("token 'quoted-secret' does not fit");
            case "thrown-secret" -> throw new IllegalStateException("token 'thrown-secret'");
            case "parsed-secret" -> Long.parseLong("parsed-secret");
            case "plain" -> throw new IllegalArgumentException("token does not fit address");
            case "need" -> config.required("address");
            case "undeclared" -> config.text("colour");
            case "link" -> throw new NoClassDefFoundError("com/example/Optional");
            default -> log.add("open " + config.name());
        }
        seen.put("name", config.name());
        seen.put("address", config.uri("address").orElse(URI.create("none:none")));
        seen.put("ca", config.path("ca").orElse(Path.of("none")));
        seen.put("timeout", config.duration("timeout").orElse(Duration.ZERO));
        seen.put("threads", config.number("threads").orElseThrow());
        seen.put("tls", config.flag("tls").orElse(false));
        seen.put("mounts", config.family("mount"));
        config.ref("credential").ifPresent(ref -> {
            seen.put("credential", ref);
            seen.put("asked", config.source(ref.id().source()));
        });
        return new Logged(config.name(), log);
    }

    private record Logged(String name, List<String> log) implements SecretSource {

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            return SecretData.of(Map.of());
        }

        @Override
        public void close() {
            if (log.contains("refuse to close")) {
                throw new IllegalStateException("s3cr3t");
            }
            log.add("close " + name);
        }
    }
}
