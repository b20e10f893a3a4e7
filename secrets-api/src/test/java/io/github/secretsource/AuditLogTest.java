package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who opened a handle, and who was denied: one line each. */
class AuditLogTest {

    private static final String NAME = "io.github.secretsource.audit ";

    private final Canary canary = Canary.next();
    private final FakeTime time = FakeTime.create();
    private final InMemorySecrets memory = InMemorySecrets.create();
    private final CapturedLog log = CapturedLog.start();

    @BeforeEach
    void fill() {
        memory.put("app", canary.value());
        memory.put("locked", canary.value());
        memory.deny("locked");
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void writesOneLineForEachHandleAndEachDenial() {
        try (Secrets secrets = open(Map.of("secrets.audit", "true"))) {
            secrets.withPurpose("nightly report").live("mem:app").close();
            secrets.live("mem:app").close();
            assertThatThrownBy(() -> secrets.withPurpose("billing").get("mem:locked"))
                    .isInstanceOf(SecretAccessException.class);
            time.settle();

            assertThat(lines())
                    .containsExactly(
                            "opened mem:app for nightly report",
                            "closed mem:app",
                            "opened mem:app",
                            "closed mem:app",
                            "denied mem:locked",
                            "denied mem:locked for billing");
        }
        assertThat(canary.findIn(log.text())).isEmpty();
    }

    @Test
    void writesNothingForReadsAndRotations() {
        try (Secrets secrets = open(Map.of("secrets.audit", "true"))) {
            assertThat(secrets.get("mem:app").reveal()).isEqualTo(canary.value());
            memory.put("app", "other");
            time.settle();

            assertThat(lines()).isEmpty();
        }
    }

    @Test
    void writesNothingUnlessAskedTo() {
        try (Secrets secrets = open(Map.of("secrets.audit", "false"))) {
            secrets.live("mem:app").close();
            time.settle();
        }

        assertThat(lines()).isEmpty();
    }

    @Test
    void aPurposeStaysOnItsLineAndEndsSomewhere() {
        var listener = SecretEventListener.auditLog();
        var id = SecretId.of("mem", "app");

        listener.onEvent(new SecretEvent.Opened(id, time.now(), "a\r\nopened mem:other for b\u2028\u001b[0m\u202e"));
        listener.onEvent(new SecretEvent.Denied(id, time.now(), "x".repeat(1_000)));
        listener.onEvent(new SecretEvent.Opened(id, time.now(), ""));

        assertThat(lines())
                .containsExactly(
                        "opened mem:app for aU+000DU+000Aopened mem:other for bU+2028U+001B[0mU+202E",
                        "denied mem:app for " + "x".repeat(200) + "...",
                        "opened mem:app for ");
    }

    @Test
    void canBeAddedInCode() {
        try (Secrets secrets = Secrets.builder()
                .time(time)
                .source("mem", memory)
                .listener(SecretEventListener.auditLog())
                .build()) {
            secrets.live("mem:app").close();
            time.settle();
        }

        assertThat(lines()).containsExactly("opened mem:app", "closed mem:app");
    }

    private Secrets open(Map<String, String> config) {
        return Secrets.builder().time(time).source("mem", memory).config(config).build();
    }

    private List<String> lines() {
        return log.text()
                .lines()
                .filter(line -> line.startsWith(NAME))
                .map(line -> line.substring(NAME.length()))
                .toList();
    }
}
