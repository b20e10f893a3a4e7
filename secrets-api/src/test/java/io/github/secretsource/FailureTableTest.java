package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.down;
import static io.github.secretsource.ScriptedSource.failing;
import static io.github.secretsource.ScriptedSource.malformed;
import static io.github.secretsource.ScriptedSource.missing;
import static io.github.secretsource.ScriptedSource.throttled;
import static io.github.secretsource.Stand.APP;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.MAX_STALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.secretsource.ScriptedSource.Answer;
import io.github.secretsource.SecretNotFoundException.Reason;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each answer that is no value means for a secret: the table of docs/engine.md, row by row. */
class FailureTableTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What happens to a value that is held. */
    private enum Held {
        WITHDRAWN_ON_THE_SECOND_ANSWER,
        SERVED_AND_ASKED_SOON,
        SERVED_UNTIL_THE_NEXT_REFRESH
    }

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;

    @AfterEach
    void close() {
        stand.close();
    }

    /** The answer, what readers get, calls of a cold read, how long that is remembered at least, what is held. */
    static Stream<Arguments> rows() {
        return Stream.of(
                row("not found", missing(), SecretNotFoundException.class, 1, 10, Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "deleted",
                        because(Reason.DELETED),
                        SecretNotFoundException.class,
                        1,
                        10,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "disabled",
                        because(Reason.DISABLED),
                        SecretNotFoundException.class,
                        1,
                        30,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "destroyed",
                        because(Reason.DESTROYED),
                        SecretNotFoundException.class,
                        1,
                        30,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "pending deletion",
                        because(Reason.PENDING_DELETION),
                        SecretNotFoundException.class,
                        1,
                        30,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "not yet valid",
                        because(Reason.NOT_YET_VALID),
                        SecretNotFoundException.class,
                        1,
                        30,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "expired",
                        because(Reason.EXPIRED),
                        SecretNotFoundException.class,
                        1,
                        30,
                        Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row("denied", denied(), SecretAccessException.class, 2, 30, Held.WITHDRAWN_ON_THE_SECOND_ANSWER),
                row(
                        "throttled",
                        throttled(Duration.ofSeconds(7)),
                        SecretUnavailableException.class,
                        1,
                        7,
                        Held.SERVED_AND_ASKED_SOON),
                row("unavailable", down(), SecretUnavailableException.class, 1, 0, Held.SERVED_AND_ASKED_SOON),
                row("a login page", page(), SecretUnavailableException.class, 1, 0, Held.SERVED_AND_ASKED_SOON),
                row("malformed", malformed(), SecretFormatException.class, 1, 10, Held.SERVED_UNTIL_THE_NEXT_REFRESH));
    }

    private static Arguments row(
            String name, Answer answer, Class<? extends SecretException> told, int calls, int remembered, Held held) {
        return arguments(name, answer, told, calls, Duration.ofSeconds(remembered), held);
    }

    private static Answer because(Reason reason) {
        return failing(id -> new SecretNotFoundException(id, "is not to be had", "see why").because(reason));
    }

    /** What a source says that does not understand its store's answer. */
    private static Answer page() {
        return (id, context) -> {
            throw new IllegalStateException("<html>sign in</html>");
        };
    }

    @ParameterizedTest(name = "I7 a cold read that is answered: {0}")
    @MethodSource("rows")
    void whoAsksForTheFirstTime(
            String name,
            Answer answer,
            Class<? extends SecretException> told,
            int calls,
            Duration remembered,
            Held held) {
        source.always(answer);

        SecretException refusal = stand.refused();
        assertThat(refusal).isInstanceOf(told);
        assertThat(refusal.getMessage()).startsWith(APP).doesNotContain("html");
        assertThat(source.calls()).hasSize(calls);
        assertThat(source.logins("app").get(calls - 1)).isEqualTo(calls == 2);

        stand.time.advance(remembered.minus(SECOND).isNegative() ? Duration.ZERO : remembered.minus(SECOND));
        assertThat(stand.refused()).isInstanceOf(told);
        assertThat(source.calls()).as("remembered").hasSize(calls);

        stand.time.advance(Duration.ofSeconds(2));
        assertThat(stand.refused()).isInstanceOf(told);
        assertThat(source.calls()).as("asked again").hasSizeGreaterThan(calls);
    }

    @ParameterizedTest(name = "I7 a secret that is held while the source answers: {0}")
    @MethodSource("rows")
    void whoHoldsIt(
            String name,
            Answer answer,
            Class<? extends SecretException> told,
            int calls,
            Duration remembered,
            Held held) {
        LiveSecret<SecretValue> live = stand.secrets.live(APP);
        source.always(answer);
        untilAsked();

        assertThat(live.get().reveal()).as("one answer is not enough").isEqualTo("first");
        assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
        int asked = source.calls().size();
        stand.time.advance(Duration.ofSeconds(30));

        switch (held) {
            case WITHDRAWN_ON_THE_SECOND_ANSWER -> {
                assertThat(Stand.refusal(live)).isInstanceOf(told);
                assertThat(live.status().state()).isEqualTo(SecretStatus.State.WITHDRAWN);
                assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(1);
                assertThat(source.calls().size() - asked).isEqualTo(1);
            }
            case SERVED_AND_ASKED_SOON -> {
                assertThat(live.get().reveal()).isEqualTo("first");
                assertThat(source.calls().size() - asked).isBetween(1, 6);
                stand.time.advance(MAX_STALE);
                assertThat(Stand.refusal(live)).isInstanceOf(SecretUnavailableException.class);
            }
            case SERVED_UNTIL_THE_NEXT_REFRESH -> {
                assertThat(live.get().reveal()).isEqualTo("first");
                assertThat(source.calls()).hasSize(asked);
                stand.time.advance(MAX_STALE);
                assertThat(Stand.refusal(live)).isInstanceOf(SecretUnavailableException.class);
            }
        }
    }

    private void untilAsked() {
        int before = source.calls().size();
        for (int i = 0; i < INTERVAL.toSeconds() * 2 && source.calls().size() == before; i++) {
            stand.time.advance(SECOND);
        }
        assertThat(source.calls()).hasSizeGreaterThan(before);
    }
}
