package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an answer says about its own life moves the next fetch forward. */
class ScheduleAdviceTest {

    private final FakeTime time = FakeTime.create();
    private final InMemorySecrets memory = InMemorySecrets.create();
    private final Secrets secrets =
            Secrets.builder().time(time).source("mem", memory).build();

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void aLeaseIsReplacedBeforeItDies() {
        memory.put("db", "one");
        memory.fixedLease("db", Duration.ofSeconds(60));
        secrets.live("mem:db");

        time.advance(Duration.ofSeconds(39));
        int before = memory.fetches("db");
        time.advance(Duration.ofSeconds(2));

        assertThat(before).isEqualTo(1);
        assertThat(memory.fetches("db")).isEqualTo(2);
    }

    @Test
    void aLeaseOfNoLengthIsNoHurry() {
        memory.put("db", "one");
        memory.lease("db", Duration.ZERO);
        secrets.live("mem:db");

        time.advance(Duration.ofSeconds(60));

        assertThat(memory.fetches("db")).isEqualTo(1);
    }

    @Test
    void aValueThatDiesIsLookedAtThen() {
        memory.put(
                "cert",
                SecretData.of(SecretValue.of("one")).withExpiresAt(time.now().plusSeconds(20)));
        secrets.live("mem:cert");

        time.advance(Duration.ofSeconds(19));
        int before = memory.fetches("cert");
        time.advance(Duration.ofSeconds(2));

        assertThat(before).isEqualTo(1);
        assertThat(memory.fetches("cert")).isEqualTo(2);
    }
}
