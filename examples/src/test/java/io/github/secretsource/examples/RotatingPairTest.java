package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.test.SecretsTest;
import io.github.secretsource.test.TestSecrets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an application tests what it does with secrets: in memory, in fake time, one line per event. */
@SecretsTest(sources = "orders-db")
class RotatingPairTest {

    private static final String REF = "orders-db:app/db";

    @BeforeEach
    void aPair(TestSecrets secrets) {
        secrets.put(REF, Map.of("username", "orders-1", "password", "one"));
    }

    @Test
    void logsInWithTheNewPairAfterARotation(TestSecrets secrets) {
        try (var pool = new RotatingPair(secrets.secrets(), REF)) {
            secrets.rotate(REF, Map.of("username", "orders-2", "password", "two"));

            assertThat(pool.login()).isEqualTo("orders-2");
        }
    }

    @Test
    void keepsTheLastPairWhileTheStoreIsDown(TestSecrets secrets) {
        try (var pool = new RotatingPair(secrets.secrets(), REF)) {
            secrets.fail(REF);
            secrets.advance(Duration.ofMinutes(30));

            assertThat(pool.login()).isEqualTo("orders-1");
        }
    }

    @Test
    void doesNotStartWithoutPermission(TestSecrets secrets) {
        secrets.deny(REF);

        assertThatThrownBy(() -> new RotatingPair(secrets.secrets(), REF)).isInstanceOf(SecretAccessException.class);
    }

    @Test
    void doesNotWaitForAStoreThatIsSlow(TestSecrets secrets) {
        secrets.delay(REF, Duration.ofSeconds(30));

        assertThatThrownBy(() -> new RotatingPair(secrets.secrets(), REF))
                .isInstanceOf(SecretUnavailableException.class);
    }
}
