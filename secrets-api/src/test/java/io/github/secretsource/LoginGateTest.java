package io.github.secretsource;

import static io.github.secretsource.ScriptedSource.denied;
import static io.github.secretsource.ScriptedSource.value;
import static io.github.secretsource.Stand.INTERVAL;
import static io.github.secretsource.Stand.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A denial may mean no more than an old token: a login is tried before anything is withdrawn, one for all secrets. */
class LoginGateTest {

    private final Stand stand = new Stand();
    private final ScriptedSource source = stand.source;
    private final List<LiveSecret<SecretValue>> handles = new ArrayList<>();
    private volatile boolean loggedIn = true;

    @AfterEach
    void close() {
        stand.close();
    }

    /** A store with a token; the secret {@code forbidden} is denied with any. */
    private SecretData answer(SecretId id, FetchContext context) {
        loggedIn |= context.freshLogin();
        boolean allowed = loggedIn && !id.path().equals("forbidden");
        return (allowed ? value("first") : denied()).to(id, context);
    }

    private void hold(int count) {
        IntStream.range(0, count).forEach(i -> handles.add(stand.secrets.live("s:app" + i)));
    }

    private List<Long> forcedLogins() {
        return source.calls().stream()
                .filter(ScriptedSource.Call::freshLogin)
                .map(ScriptedSource.Call::nanos)
                .toList();
    }

    @Test
    @DisplayName("F19 a token revoked costs one login for all secrets and no read")
    void oneLoginServesAll() {
        source.always(this::answer);
        hold(100);
        loggedIn = false;

        stand.time.advance(INTERVAL);

        assertThat(handles)
                .allSatisfy(handle -> assertThat(handle.get().reveal()).isEqualTo("first"));
        assertThat(forcedLogins()).hasSize(1);
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    @DisplayName("F19 even where another secret, denied for good, has just used up the login")
    void deniedSecretDoesNotCostTheOthersTheirLogin() {
        source.always(this::answer);
        hold(20);
        assertThat(stand.secrets.liveLater("s:forbidden", Secret::value)).isNotNull();

        for (int i = 0; i < 40; i++) {
            stand.time.advance(Duration.ofSeconds(31));
            assertThat(stand.secrets.getAll(List.of("s:forbidden")).problems()).hasSize(1);
            loggedIn = i % 5 != 0;
        }

        assertThat(handles)
                .allSatisfy(handle -> assertThat(handle.get().reveal()).isEqualTo("first"));
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
        var logins = forcedLogins();
        for (int i = 1; i < logins.size(); i++) {
            assertThat(Duration.ofNanos(logins.get(i) - logins.get(i - 1)))
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(30));
        }
    }

    @Test
    @DisplayName("F19 a login that takes a while is waited for before others are judged")
    void slowLoginIsWaitedFor() {
        source.always(this::answer);
        hold(20);
        var login = new CompletableFuture<Void>();
        loggedIn = false;
        source.always((id, context) -> (context.freshLogin()
                        ? source.after(login, this::answer)
                        : loggedIn ? value("first") : denied())
                .to(id, context));
        while (forcedLogins().isEmpty()) {
            stand.time.advance(Duration.ofMillis(100));
        }

        stand.time.advance(Duration.ofMillis(2_500));
        login.complete(null);
        stand.time.advance(INTERVAL);

        assertThat(handles)
                .allSatisfy(handle -> assertThat(handle.get().reveal()).isEqualTo("first"));
        assertThat(stand.events(SecretEvent.Withdrawn.class)).isEmpty();
    }

    @Test
    void allAreWithdrawnWhereTheLoginDoesNotHelp() {
        hold(50);
        source.always(denied());

        stand.time.advance(INTERVAL.plusSeconds(40));

        assertThat(handles).allSatisfy(handle -> assertThat(refusal(handle)).isInstanceOf(SecretAccessException.class));
        assertThat(stand.events(SecretEvent.Withdrawn.class)).hasSize(50);
        assertThat(source.calls().size()).isLessThan(50 * 5);
    }
}
