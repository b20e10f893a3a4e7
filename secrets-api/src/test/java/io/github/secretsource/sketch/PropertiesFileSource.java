package io.github.secretsource.sketch;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Properties;
import java.util.Set;

/** Somebody else's source: {@code db.password=…} in a properties file is {@code props:db#password}. */
public record PropertiesFileSource(Path file) implements SecretSource {

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        Properties properties = read(id);
        String prefix = id.path() + ".";
        var fields = new HashMap<String, SecretValue>();
        for (String name : properties.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                fields.put(name.substring(prefix.length()), SecretValue.of(properties.getProperty(name)));
            }
        }
        if (fields.isEmpty()) {
            throw new SecretNotFoundException(id, "has no entry in " + file, "add " + prefix + "<field>=<value>");
        }
        return SecretData.of(fields);
    }

    private Properties read(SecretId id) {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (AccessDeniedException e) {
            throw new SecretAccessException(id, "is in a file that may not be read: " + file, "check its mode");
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new SecretFormatException(id, "is in a file that is no properties file: " + file, "correct it");
        } catch (IOException e) {
            String problem = "is in a file that cannot be read: " + file + " ("
                    + e.getClass().getSimpleName() + ")";
            throw new SecretUnavailableException(id, problem, "see whether it is mounted");
        }
    }

    /** Makes one from {@code secrets.source.<name>.kind=properties} and {@code .path}. */
    public static final class Factory implements SecretSourceFactory {
        @Override
        public String kind() {
            return "properties";
        }

        @Override
        public Set<ConfigKey> keys() {
            return Set.of(ConfigKey.of("path", ConfigKey.Type.PATH, "The properties file."));
        }

        @Override
        public SecretSource open(SourceConfig config) {
            return new PropertiesFileSource(config.path("path").orElse(Path.of("secrets.properties")));
        }
    }
}
