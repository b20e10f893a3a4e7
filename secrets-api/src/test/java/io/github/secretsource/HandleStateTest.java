package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.data;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.SecretData;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a handle says of itself beside its value. */
class HandleStateTest {

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    @Test
    void theSameContentUnderAnotherLabelIsNoRotationAndYetSaid() {
        source.always(data(() -> labelled("1")));
        LiveSecret<SecretValue> live = stand.secrets.live(APP);
        List<SecretValue> told = new ArrayList<>();
        live.subscribe(told::add);
        var end = stand.time.now().plus(INTERVAL.multipliedBy(10));

        source.always(data(() -> labelled("2").withExpiresAt(end)));
        stand.time.advance(INTERVAL);

        assertThat(live.held().version()).isEqualTo("2");
        assertThat(live.held().expiresAt()).contains(end);
        assertThat(told).hasSize(1);
        assertThat(stand.events(SecretEvent.Rotated.class)).isEmpty();
    }

    private static SecretData labelled(String version) {
        return SecretData.of(SecretValue.of("content")).withVersion(version);
    }

    @Test
    void whoNeverHadAValueWaitsAndWhoLostItIsWithdrawn() {
        source.always(value("no number"));
        LiveSecret<Integer> late = stand.secrets.liveLater(APP, HandleStateTest::number);
        stand.time.settle();

        assertThat(Stand.refusal(late)).isInstanceOf(SecretFormatException.class);
        assertThat(late.status().state()).isEqualTo(SecretStatus.State.WAITING);

        source.always(value("7"));
        stand.time.advance(INTERVAL);
        assertThat(late.get()).isEqualTo(7);
        source.always(value("no number"));
        stand.time.advance(INTERVAL);
        assertThat(late.status().state()).isEqualTo(SecretStatus.State.STALE);
        stand.time.advance(Stand.MAX_STALE);
        assertThat(late.status().state()).isEqualTo(SecretStatus.State.WITHDRAWN);
    }

    private static Integer number(Secret secret) {
        return Integer.valueOf(secret.value().reveal());
    }
}
