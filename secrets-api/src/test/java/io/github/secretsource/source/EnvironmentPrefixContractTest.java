package io.github.secretsource.source;

import static java.util.stream.Collectors.toMap;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;

@DisplayName("EnvironmentVariables, many by their prefix")
class EnvironmentPrefixContractTest extends SecretSourceContract {

    private final Map<String, String> environment = new ConcurrentHashMap<>();

    @Override
    protected SecretSource source() {
        Map<String, String> prefixes = NAMES.stream().collect(toMap(name -> name, name -> prefix(name)));
        return new EnvironmentVariables(() -> environment, prefixes);
    }

    @Override
    protected SecretId id(String name) {
        return SecretId.of("env", name);
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        fields.forEach((field, text) -> environment.put(prefix(name) + field.toUpperCase(Locale.ROOT), text));
    }

    @Override
    protected void remove(String name) {
        environment.keySet().removeIf(variable -> variable.startsWith(prefix(name)));
    }

    private static String prefix(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_') + "_";
    }
}
