package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.MAX_STALE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What nobody holds and nobody reads costs nothing, and is still there when its source is not. */
class IdleSecretTest {

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    private void readEveryTenSeconds(Duration span) {
        for (long i = 0; i < span.toSeconds(); i += 10) {
            stand.time.advance(Duration.ofSeconds(10));
            assertThat(stand.read()).isNotNull();
        }
    }

    /** Reads once and waits until nobody asks for it any more. */
    private int fallAsleep() {
        assertThat(stand.read()).isEqualTo("first");
        stand.time.advance(INTERVAL.multipliedBy(2));
        return source.calls().size();
    }

    @Test
    void isNotAskedForAfterAnInterval() {
        assertThat(stand.read()).isEqualTo("first");

        stand.time.advance(INTERVAL.multipliedBy(3));

        assertThat(source.calls()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void isKeptFreshWhileItIsRead() {
        assertThat(stand.read()).isEqualTo("first");
        source.always(value("second"));

        readEveryTenSeconds(INTERVAL.multipliedBy(4));

        assertThat(stand.read()).isEqualTo("second");
        assertThat(source.calls()).hasSizeBetween(5, 6);
    }

    @Test
    void isFetchedAnewWhenReadAgain() {
        int calls = fallAsleep();
        source.always(value("second"));

        assertThat(stand.read()).isEqualTo("second");

        assertThat(source.calls()).hasSize(calls + 1);
    }

    @Test
    void isServedFromMemoryWhenItsSourceIsDownByThen() {
        fallAsleep();
        source.always(down());

        assertThat(stand.read()).isEqualTo("first");

        assertThat(stand.status().state()).isEqualTo(SecretStatus.State.STALE);
    }

    @Test
    void isServedFromMemoryForMaxStaleAtMost() {
        fallAsleep();
        source.always(down());
        assertThat(stand.read()).isEqualTo("first");

        stand.time.advance(MAX_STALE);

        assertThat(stand.refused()).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    void isDroppedAfterTenMoreMinutes() {
        fallAsleep();

        stand.time.advance(Duration.ofMinutes(10));

        assertThat(stand.secrets).hasToString("Secrets[sources=[s], secrets=0]");
        source.always(down());
        assertThat(stand.refused()).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName("F19 a login that ended meanwhile costs one more call, not the read")
    void isAskedForWithAFreshLoginWhenDenied() {
        int calls = fallAsleep();
        source.once(denied()).always(value("second"));

        assertThat(stand.read()).isEqualTo("second");

        assertThat(source.logins("app").subList(calls, calls + 2)).containsExactly(false, true);
    }

    @Test
    @DisplayName("I7 what its source says is gone does not come back because the source is down")
    void isNotServedFromMemoryOnceItIsGone() {
        fallAsleep();
        source.once(missing()).always(down());
        assertThat(stand.refused()).isInstanceOf(SecretNotFoundException.class);
        stand.time.advance(Duration.ofSeconds(10));

        var refused = stand.refused();

        assertThat(refused).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    @DisplayName("I4 a secret that is read but not held is served through an outage without waiting")
    void isNotPutToSleepByAnOutageWhileItIsRead() {
        assertThat(stand.read()).isEqualTo("first");
        readEveryTenSeconds(INTERVAL);
        source.always(down());

        for (int i = 0; i < 90; i++) {
            stand.time.advance(Duration.ofSeconds(10));
            int before = source.calls().size();
            assertThat(stand.read()).isEqualTo("first");
            assertThat(source.calls())
                    .as("a read of what is served makes no call")
                    .hasSize(before);
        }

        assertThat(source.calls()).hasSizeGreaterThan(8).hasSizeLessThan(30);
    }

    @Test
    void isLeftAloneDuringAnOutageIfNobodyReadsIt() {
        assertThat(stand.read()).isEqualTo("first");
        source.always(down());

        stand.time.advance(Duration.ofMinutes(10));

        long lastCall = source.calls().get(source.calls().size() - 1).nanos();
        assertThat(Duration.ofNanos(lastCall)).isLessThan(INTERVAL.multipliedBy(2));
    }

    @Test
    void isHeldOnlyUntilItsHandleCloses() {
        stand.secrets.live(APP).close();

        stand.time.advance(INTERVAL.multipliedBy(4));

        assertThat(source.calls()).hasSizeLessThanOrEqualTo(2);
        assertThat(stand.secrets).hasToString("Secrets[sources=[s], secrets=0]");
    }
}
