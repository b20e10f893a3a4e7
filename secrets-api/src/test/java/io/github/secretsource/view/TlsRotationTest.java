package io.github.secretsource.view;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretStatus;
import io.github.secretsource.Secrets;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.source.MountedVolumes;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Identities that rotate in a mounted volume, under a real server and real clients, while all of them run. */
@Timeout(60)
class TlsRotationTest {
    private static final int ROTATIONS = 25;
    private static final Duration POLL = Duration.ofMillis(20);

    private final BlockingQueue<TlsIdentity> delivered = new LinkedBlockingQueue<>();
    private final BlockingQueue<SecretEvent> failed = new LinkedBlockingQueue<>();
    private TestIdentity authority;
    private KubeletVolume volume;
    private Secrets secrets;
    private LiveSecret<TlsIdentity> live;

    @BeforeEach
    void mount(@TempDir Path folder) throws Exception {
        authority = TestIdentity.make("authority", "EC");
        volume = KubeletVolume.create(folder.resolve("tls"));
        write(authority.issue("localhost", 1));
        secrets = Secrets.builder()
                .source(
                        "file",
                        MountedVolumes.builder().mount("tls", volume.folder()).build())
                .listener(event -> {
                    if (event instanceof SecretEvent.RefreshFailed) {
                        failed.add(event);
                    }
                })
                .build();
        live = secrets.live("file:tls", TlsIdentity::from);
        live.subscribe(delivered::add);
        awaitDelivery(1);
    }

    @AfterEach
    void close() {
        secrets.close();
    }

    @Test
    void serverRotatesUnderOpenConnectionsWithoutOneFailedHandshake() throws Exception {
        var clients = Executors.newFixedThreadPool(2);
        var isDone = new AtomicBoolean();
        try (var server = TlsEcho.start(TlsIdentity.following(live));
                var opened = server.connect(trusting())) {
            var handshakes = List.of(new AtomicInteger(), new AtomicInteger());
            List<Future<List<Long>>> always = handshakes.stream()
                    .map(made -> clients.submit(() -> serialsUntil(isDone, server, made)))
                    .toList();

            for (int serial = 2; serial <= ROTATIONS + 1; serial++) {
                rotate(authority.issue("localhost", serial));

                try (var next = server.connect(trusting())) {
                    assertThat(next.serverSerial()).isEqualTo(serial);
                }
                assertThat(opened.clientSerial()).isZero();
                assertThat(opened.serverSerial()).isEqualTo(1);
                for (AtomicInteger made : handshakes) {
                    awaitOneMore(made);
                }
            }

            isDone.set(true);
            for (var client : always) {
                assertThat(client.get(10, SECONDS)).isSorted().hasSizeGreaterThanOrEqualTo(ROTATIONS);
            }
        } finally {
            isDone.set(true);
            clients.shutdownNow();
        }
    }

    /** Connects again and again, without sessions to resume; a handshake that fails ends it with its exception. */
    private List<Long> serialsUntil(AtomicBoolean isDone, TlsEcho server, AtomicInteger made) throws Exception {
        var serials = new ArrayList<Long>();
        while (!isDone.get()) {
            try (var connection = server.connect(trusting())) {
                serials.add(connection.serverSerial());
            }
            made.incrementAndGet();
        }
        return serials;
    }

    /** However slow the machine is, each rotation is met by handshakes of both clients; one that failed makes none. */
    private static void awaitOneMore(AtomicInteger made) {
        int before = made.get();
        for (int i = 0; i < 20_000 && made.get() == before; i++) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(made.get()).as("handshakes of a client").isGreaterThan(before);
    }

    @ParameterizedTest
    @DisplayName("a client shows its new certificate one second after the rotation at the latest, though it resumes")
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientRotatesThoughSessionsAreResumed(String protocol) throws Exception {
        var constant = LiveSecret.constant(identity(authority.issue("localhost", 99)));
        SSLContext client = TlsIdentity.followingWithTrust(live);
        try (var server = TlsEcho.startMutual(TlsIdentity.followingWithTrust(constant));
                var opened = server.connect(client, protocol)) {
            assertThat(opened.clientSerial()).isEqualTo(1);

            rotate(authority.issue("client", 2));
            long seen = 1;
            for (int attempt = 0; attempt < 200 && seen == 1; attempt++) {
                long start = System.currentTimeMillis();
                try (var next = server.connect(client, protocol)) {
                    seen = next.clientSerial();
                    assertThat(start - next.began())
                            .as("age of the session when it was resumed")
                            .isLessThan(1_000);
                }
                LockSupport.parkNanos(POLL.toNanos());
            }

            assertThat(seen).isEqualTo(2);
            assertThat(opened.clientSerial()).isEqualTo(1);
        }
    }

    @Test
    void clientWithoutASessionShowsItsNewCertificateAtTheNextHandshake() throws Exception {
        var constant = LiveSecret.constant(identity(authority.issue("localhost", 99)));
        SSLContext serverContext = TlsIdentity.followingWithTrust(constant);
        SSLContext client = TlsIdentity.followingWithTrust(live);
        for (int serial = 2; serial <= 4; serial++) {
            try (var server =
                    TlsEcho.startMutual(serverContext)) { // on another port, of which the client knows nothing
                rotate(authority.issue("client", serial));

                try (var connection = server.connect(client)) {
                    assertThat(connection.clientSerial()).isEqualTo(serial);
                }
            }
        }
    }

    @Test
    @DisplayName("B34 a rotation to a malformed identity keeps the last good one, and the next good one is taken")
    void malformedIdentityKeepsTheLastGoodOne() throws Exception {
        try (var server = TlsEcho.start(TlsIdentity.following(live))) {
            var broken = new HashMap<>(fields(authority.issue("localhost", 2)));
            broken.put("tls.key", authority.keyPem()); // the key of another certificate

            volume.writeText(broken);

            assertThat(failed.poll(10, SECONDS)).isNotNull();
            assertThat(live.status().state()).isEqualTo(SecretStatus.State.STALE);
            assertThat(live.status().problem().orElseThrow())
                    .hasMessageContaining("field 'tls.key' is not the key of the first certificate");
            try (var connection = server.connect(trusting())) {
                assertThat(connection.serverSerial()).isEqualTo(1);
            }

            rotate(authority.issue("localhost", 3));

            try (var connection = server.connect(trusting())) {
                assertThat(connection.serverSerial()).isEqualTo(3);
            }
        }
    }

    @Test
    void trustRotatesToAnotherAuthority() throws Exception {
        var other = TestIdentity.make("other", "RSA");
        var constant = LiveSecret.constant(identity(other.issue("localhost", 99)));
        SSLContext client = TlsIdentity.followingWithTrust(live);
        try (var server = TlsEcho.start(TlsIdentity.following(constant))) {
            assertThatThrownBy(() -> server.connect(client)).isInstanceOf(SSLException.class);

            var both = new HashMap<>(fields(authority.issue("localhost", 2)));
            both.put("ca.crt", authority.certificatePem() + other.certificatePem());
            volume.writeText(both);
            awaitDelivery(2);

            try (var connection = server.connect(client)) {
                assertThat(connection.serverSerial()).isEqualTo(99);
            }
        }
    }

    @Test
    void handshakesFailOnceTheHandleIsClosedAndConnectionsStay() throws Exception {
        try (var server = TlsEcho.start(TlsIdentity.following(live));
                var opened = server.connect(trusting())) {

            live.close();

            assertThatThrownBy(() -> server.connect(trusting())).isInstanceOf(IOException.class);
            assertThat(opened.clientSerial()).isZero();
        }
    }

    /** A new client, which has no session to resume. */
    private SSLContext trusting() {
        return TlsIdentity.followingWithTrust(LiveSecret.constant(identity(authority)));
    }

    private TlsIdentity identity(TestIdentity of) {
        return TlsIdentity.from(TestSecrets.fields(fields(of)));
    }

    private Map<String, String> fields(TestIdentity of) {
        var fields = new HashMap<>(of.fields());
        fields.put("ca.crt", authority.certificatePem());
        return fields;
    }

    private void write(TestIdentity next) throws IOException {
        assertThat(volume.writeText(fields(next))).isTrue();
    }

    private void rotate(TestIdentity next) throws Exception {
        write(next);
        awaitDelivery(next.certificate().getSerialNumber().longValueExact());
    }

    private void awaitDelivery(long serial) throws InterruptedException {
        TlsIdentity identity;
        do {
            identity = delivered.poll(10, SECONDS);
            assertThat(identity).as("identity %d", serial).isNotNull();
        } while (identity.certificates().get(0).getSerialNumber().longValueExact() != serial);
    }
}
