package io.github.secretsource.servers.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

class CertificateAuthorityTest {
    private final CertificateAuthority authority = CertificateAuthority.create("tests");

    @Test
    void clientsBelieveAServerOfTheirAuthority() {
        assertThatCode(() -> handshake(authority.trusting(authority.localhost()), authority.trusting()))
                .doesNotThrowAnyException();
    }

    @Test
    void clientsDoNotBelieveAServerOfAnotherAuthority() {
        CertificateAuthority other = CertificateAuthority.create("others");

        assertThatThrownBy(() -> handshake(other.trusting(other.localhost()), authority.trusting()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void clientsDoNotBelieveAServerOfAnotherName() {
        Identity elsewhere =
                authority.request("elsewhere").host("elsewhere.example").issue();

        assertThatThrownBy(() -> handshake(authority.trusting(elsewhere), authority.trusting()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void certificatesExpire() {
        Instant now = Instant.now();
        Identity past = authority
                .request("localhost")
                .valid(now.minus(Duration.ofDays(2)), now.minus(Duration.ofDays(1)))
                .issue();

        assertThatThrownBy(() -> past.certificate().checkValidity()).isInstanceOf(CertificateExpiredException.class);
    }

    @Test
    void namesTheClientAndItsGroup() {
        Identity alice = authority.request("alice").organization("team").issue();

        assertThat(alice.certificate().getSubjectX500Principal().getName()).isEqualTo("O=team,CN=alice");
        assertThat(alice).hasToString("O=team, CN=alice");
        assertThat(alice.keyPem()).startsWith("-----BEGIN PRIVATE KEY-----\n");
    }

    /** Checks the host name, as https clients do. */
    private static void handshake(SSLContext server, SSLContext client) throws IOException {
        try (var listening = (SSLServerSocket)
                server.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var accepting = new FutureTask<Void>(() -> {
                try (var accepted = listening.accept()) {
                    accepted.getInputStream().read();
                }
                return null;
            });
            var thread = new Thread(accepting, "server of the handshake");
            thread.start();
            try (var socket =
                    (SSLSocket) client.getSocketFactory().createSocket("localhost", listening.getLocalPort())) {
                var parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
            }
        }
    }
}
