package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class BusyServerTest {
    private static final SecretValue TOKEN = SecretValue.of("not-a-real-token");
    private static final VaultRequest READ = VaultRequest.get("secret/data/app").token(TOKEN);
    private static final SecretId ID = SecretId.of("vault", "secret/app");

    private static SecretUnavailableException refused(Way way, int status, String headers) {
        try (FakeVault server =
                        way.server((request, connection) -> connection.answer(status, headers, "{}".getBytes(UTF_8)));
                VaultClient client = way.client(server)) {
            var refusal = catchThrowableOfType(Refusal.class, () -> client.send(READ, Way.soon()));
            return (SecretUnavailableException) refusal.about(ID);
        }
    }

    @ParameterizedTest(name = "{displayName} [{0}: {1}]")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP|2|2",
                "HTTPS|2|2",
                "HTTPS|0|1",
                "HTTPS|59|59",
                "HTTPS|61|60",
                "HTTPS|1000000000|60",
                "HTTPS|999999999999999999|60",
                "HTTPS|99999999999999999999999999|5",
                "HTTPS|-5|5",
                "HTTPS|soon|5",
                "HTTPS|2.5|5",
                "HTTPS|Wed, 21 Oct 2026 07:28:00 GMT|5", // of no use without the server's own time
                "DRIVER|2|5"
            })
    @DisplayName(
            "F7 a server that is too busy is left alone for as long as it says, at most a minute, else for five seconds")
    void waitsAsLongAsTold(Way way, String retryAfter, long seconds) {
        assertThat(refused(way, 429, "Retry-After: " + retryAfter + "\r\n").retryAfter())
                .isEqualTo(Optional.of(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest(name = "{displayName} [{0}: {1}]")
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP|Wed, 21 Oct 2026 07:28:07 GMT|7",
                "HTTPS|Wed, 21 Oct 2026 07:28:07 GMT|7",
                "HTTPS|Wed, 21 Oct 2026 07:28:00 GMT|1",
                "HTTPS|Wed, 21 Oct 2026 07:27:00 GMT|1",
                "HTTPS|Thu, 22 Oct 2026 07:28:00 GMT|60",
                "HTTPS|Fri, 31 Dec 9999 23:59:59 GMT|60",
                "HTTPS|Mon, 21 Oct 2026 07:28:07 GMT|5" // was a Wednesday
            })
    @DisplayName("F7 a moment until which to wait is taken by the clock of the server that names it")
    void waitsUntilTold(Way way, String retryAfter, long seconds) {
        String headers = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: " + retryAfter + "\r\n";

        assertThat(refused(way, 429, headers).retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F7 a server that is too busy and does not say for how long is left alone for five seconds")
    void waitsByDefault(Way way) {
        assertThat(refused(way, 429, "").retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(5)));
    }

    @Test
    @DisplayName("F7 while a pause lasts no secret of the source is asked for, and then all are")
    void pausesTheSource() {
        FakeTime time = FakeTime.create();
        Routes routes =
                new Routes().anyToken().secret("app", "password", "first").secret("other", "password", "second");
        try (FakeVault server = FakeVault.plain(FakeVault.serving(routes));
                Secrets secrets = Secrets.builder()
                        .time(time)
                        .source(
                                "vault",
                                Way.source(server).auth(VaultAuth.token(TOKEN)).build())
                        .build()) {
            routes.on("GET secret/data/app", asked -> new VaultReply(429, Optional.of("20"), "{}".getBytes(UTF_8)));
            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .isInstanceOf(SecretUnavailableException.class);
            long before = routes.asked().size();

            time.advance(Duration.ofSeconds(19));
            assertThatThrownBy(() -> secrets.get("vault:secret/other#password"))
                    .isInstanceOf(SecretUnavailableException.class);
            assertThat(routes.asked()).hasSize((int) before);

            time.advance(Duration.ofSeconds(2));
            assertThat(secrets.get("vault:secret/other#password").reveal()).isEqualTo("second");
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F8 errors of the server are outages that name the status, with a body and without")
    void outages(Way way) {
        for (int status : new int[] {500, 502, 503, 504, 507, 401, 418, 600}) {
            assertThat(refused(way, status, "").problem()).contains(Integer.toString(status));
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(Way.class)
    @DisplayName("F8 errors of a proxy without a body or with a page are outages too")
    void outagesWithoutJson(Way way) {
        for (int status : new int[] {500, 502, 503, 504}) {
            for (String body : new String[] {"", "<html>Bad gateway</html>"}) {
                try (FakeVault server = way.server(
                                (request, connection) -> connection.answer(status, "", body.getBytes(UTF_8)));
                        VaultClient client = way.client(server)) {
                    var refusal = catchThrowableOfType(Refusal.class, () -> client.send(READ, Way.soon()));
                    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.UNAVAILABLE);
                }
            }
        }
    }

    @Test
    @DisplayName("F8 a sealed server is said to be sealed; one that lags behind is asked again in a second")
    void saysWhatIsWrong() {
        assertThat(refused(Way.HTTPS, 503, "").problem()).contains("sealed");
        assertThat(refused(Way.HTTPS, 412, "").problem()).contains("lags behind");
        assertThat(refused(Way.HTTPS, 412, "").retryAfter()).isEqualTo(Optional.of(Duration.ofSeconds(1)));
    }

    @Test
    @DisplayName("F8 a storm of errors that alternate with answers loses no value that was there")
    void survivesStorm() {
        FakeTime time = FakeTime.create();
        Routes routes = new Routes().anyToken().secret("app", "password", "first");
        try (FakeVault server = FakeVault.plain(FakeVault.serving(routes));
                Secrets secrets = Secrets.builder()
                        .time(time)
                        .source(
                                "vault",
                                Way.source(server).auth(VaultAuth.token(TOKEN)).build())
                        .build();
                var live = secrets.live("vault:secret/app#password")) {
            for (int round = 0; round < 4; round++) {
                int status = new int[] {500, 502, 503, 504}[round % 4];
                routes.on("GET secret/data/app", status, "{\"errors\":[\"internal\"]}");
                time.advance(Duration.ofMinutes(4));
                assertThat(live.get().reveal()).isEqualTo("first");
                routes.secret("app", "password", "first");
                time.advance(Duration.ofMinutes(4));
                assertThat(live.get().reveal()).isEqualTo("first");
            }
        }
        assertThat(routes.count("GET secret/data/app")).isLessThan(4 * 12);
    }
}
