package io.github.secretsource.servers.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.security.keyvault.secrets.SecretClient;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.test.FaultProxy;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can go wrong with the fake, as the real SDK sees it. */
class AzureFaultsServerIT {
    private static AzureFake azure;

    private final String name = "s-" + UUID.randomUUID();
    private final String path = "/secrets/" + name;
    private SecretClient client;

    @BeforeAll
    static void start() {
        azure = AzureFake.start();
    }

    @AfterAll
    static void close() {
        azure.close();
    }

    @BeforeEach
    void putAndRead() {
        azure.vault().put(name, "value");
        client = AzureClients.client(azure);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @AfterEach
    void recover() {
        azure.recover();
        azure.resume();
        azure.restart();
    }

    @Test
    void theSdkSleepsAsLongAsRetryAfterSays() {
        azure.fail(AzureFault.throttled(Duration.ofSeconds(2)).on("GET", path).times(1));
        var patient = AzureClients.builder(azure.vault(), azure, AzureClients.secret(azure, azure.identity()))
                .buildClient();
        long start = System.nanoTime();

        assertThat(patient.getSecret(name).getValue()).isEqualTo("value");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void theSdkCallsFourTimesWhileItIsThrottled() {
        azure.fail(AzureFault.throttled().on("GET", path));
        var patient = AzureClients.builder(azure.vault(), azure, AzureClients.secret(azure, azure.identity()))
                .buildClient();

        assertThat(status(patient)).isEqualTo(429);

        assertThat(count(429)).isEqualTo(4);
    }

    @Test
    void withoutRetriesTheAnswerIsThereAtOnceWithItsHeader() {
        azure.fail(AzureFault.throttled(Duration.ofSeconds(12)).on("GET", path));
        long start = System.nanoTime();

        HttpResponseException e = catchThrowableOfType(HttpResponseException.class, () -> client.getSecret(name));

        assertThat(e.getResponse().getStatusCode()).isEqualTo(429);
        assertThat(e.getResponse().getHeaderValue(HttpHeaderName.RETRY_AFTER)).isEqualTo("12");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(12));
        assertThat(count(429)).isEqualTo(1);
    }

    @Test
    void aFaultStrikesItsOperationAsOftenAsItWasToldTo() {
        azure.vault().put(name + "-2", "other");
        azure.fail(AzureFault.status(503).at("secretsource").on("GET", path).times(2));

        assertThat(client.getSecret(name + "-2").getValue()).isEqualTo("other");
        assertThat(status(client)).isEqualTo(503);
        assertThat(status(client)).isEqualTo(503);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void aFaultLastsUntilRecovery() {
        azure.fail(AzureFault.status(500).on("GET", path));

        assertThat(status(client)).isEqualTo(500);
        azure.recover();
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void anAnswerThatIsNoJsonIsAnError() {
        azure.fail(AzureFault.garbage(200, "text/html", "<html>proxy</html>")
                .on("GET", path)
                .times(1));
        azure.fail(AzureFault.garbage(200, "application/json", "{\"value\":\"cut")
                .on("GET", path)
                .times(1));

        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(RuntimeException.class);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void aSlowAnswerComesWithRecovery() throws Exception {
        azure.fail(AzureFault.slow(Duration.ofHours(1)).on("GET", path));

        CompletableFuture<String> read = readInBackground();

        assertThatThrownBy(() -> read.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        azure.recover();
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo("value");
    }

    @Test
    void aPausedVaultAcceptsAndAnswersNothing() throws Exception {
        azure.vault().endpoint().pause();

        CompletableFuture<String> read = readInBackground();

        assertThatThrownBy(() -> read.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        azure.vault().endpoint().resume();
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo("value");
    }

    @Test
    void aStoppedVaultRefusesAndARestartedOneHasItsSecrets() {
        azure.vault().endpoint().stop();

        assertThatThrownBy(() -> client.getSecret(name))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(ConnectException.class);

        azure.vault().endpoint().restart();
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void whileEntraIsAwayATokenThatIsThereStillWorks() {
        azure.entra().stop();

        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        assertThatThrownBy(() -> AzureClients.client(azure).getSecret(name)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void aRotatedCertificateIsSeenAndAForeignOneRefused() {
        azure.rotateCertificate();
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");

        azure.show(CertificateAuthority.create("stranger").localhost());
        assertThatThrownBy(() -> client.getSecret(name))
                .isInstanceOf(UncheckedIOException.class)
                .hasCauseInstanceOf(SSLHandshakeException.class);

        azure.rotateCertificate();
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void aFaultyNetworkFitsInFront() {
        try (var proxy = FaultProxy.before(azure.vault().endpoint().address())) {
            var through = AzureClients.builder(azure.vault(), azure, AzureClients.secret(azure, azure.identity()))
                    .vaultUrl("https://localhost:" + proxy.address().getPort())
                    .retryOptions(AzureClients.ONCE)
                    .buildClient();
            assertThat(through.getSecret(name).getValue()).isEqualTo("value");

            proxy.resetAfter(0);
            assertThatThrownBy(() -> through.getSecret(name)).isInstanceOf(UncheckedIOException.class);
        }
    }

    private CompletableFuture<String> readInBackground() {
        return CompletableFuture.supplyAsync(() -> client.getSecret(name).getValue());
    }

    private int status(SecretClient caller) {
        return catchThrowableOfType(HttpResponseException.class, () -> caller.getSecret(name))
                .getResponse()
                .getStatusCode();
    }

    private long count(int status) {
        return azure.requests().stream()
                .filter(one -> one.path().startsWith(path) && one.status() == status)
                .count();
    }
}
