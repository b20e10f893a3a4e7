package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.DisplayName;

@DisplayName("EnvironmentVariables, one variable each")
class EnvironmentVariablesContractTest extends SecretSourceContract {

    private final Map<String, String> environment = new ConcurrentHashMap<>();

    @Override
    protected SecretSource source() {
        return new EnvironmentVariables(() -> environment, Map.of());
    }

    @Override
    protected SecretId id(String name) {
        return SecretId.of("env", variable(name));
    }

    @Override
    protected boolean holdsFields() {
        return false;
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        environment.put(variable(name), Objects.requireNonNull(fields.get("value")));
    }

    @Override
    protected void remove(String name) {
        environment.remove(variable(name));
    }

    private static String variable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
