package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.host.Identity;
import io.github.secretsource.test.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TlsFilesTest {
    private static final CertificateAuthority OLD = Way.AUTHORITY;
    private static final CertificateAuthority NEW = CertificateAuthority.create("next");
    private static final Identity OLD_SERVER = OLD.localhost();
    private static final Identity NEW_SERVER = NEW.localhost();
    private static final VaultRequest READ =
            VaultRequest.get("secret/data/app").token(SecretValue.of("not-a-real-token"));
    private static final VaultRequest LOGIN = VaultRequest.post("auth/approle/login", Map.of());
    private static final Duration LOOK_GAP = Duration.ofSeconds(1);
    private static final int CALLERS = 8;

    /** Kept: the JDK forgets loggers that nobody refers to, and their filters with them. */
    private static final Logger LOG = Logger.getLogger(TlsFiles.class.getName());

    @TempDir
    Path folder;

    private final FakeTime time = FakeTime.create();
    private Path bundle;
    private Path certificate;
    private Path key;

    @BeforeEach
    void nameFiles() {
        bundle = folder.resolve("ca.pem");
        certificate = folder.resolve("client.pem");
        key = folder.resolve("client.key");
    }

    /** The transport of a way, with files that are looked at by virtual time. */
    private VaultTransport transport(Way way, TlsSettings files) {
        return way == Way.DRIVER
                ? new DriverTransport(files, System::nanoTime)
                : new JdkTransport(files, System::nanoTime);
    }

    private static VaultRequest request(Way way) {
        return way == Way.DRIVER ? LOGIN : READ;
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F15 a bundle of authorities that was rotated in place is used by new connections, without a restart")
    void followsAuthorities(Way way) throws Exception {
        Files.writeString(bundle, OLD.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        try (FakeVault before = FakeVault.secure(OLD.trusting(OLD_SERVER), (heard, to) -> to.json(200, "{}"));
                FakeVault after = FakeVault.secure(NEW.trusting(NEW_SERVER), (heard, to) -> to.json(200, "{}"));
                VaultTransport transport = transport(way, files)) {
            assertThat(transport
                            .send(before.address(), request(way), Way.soon())
                            .status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> transport.send(after.address(), request(way), Way.soon()))
                    .isInstanceOf(TransportException.class);

            Files.writeString(bundle, NEW.pem());
            time.advance(LOOK_GAP);

            assertThat(transport.send(after.address(), request(way), Way.soon()).status())
                    .isEqualTo(200);
            assertThatThrownBy(() -> transport.send(before.address(), request(way), Way.soon()))
                    .isInstanceOf(TransportException.class)
                    .hasMessageContaining("authority that is not trusted");
        }
    }

    @Test
    @DisplayName("F15 all certificates of a bundle count, not the first alone")
    void takesWholeBundle() throws Exception {
        Files.writeString(bundle, OLD.pem() + "\nsome comment\n" + NEW.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        for (Way way : new Way[] {Way.HTTPS, Way.DRIVER}) {
            try (FakeVault one = FakeVault.secure(OLD.trusting(OLD_SERVER), (heard, to) -> to.json(200, "{}"));
                    FakeVault other = FakeVault.secure(NEW.trusting(NEW_SERVER), (heard, to) -> to.json(200, "{}"));
                    VaultTransport transport = transport(way, files)) {

                assertThat(transport
                                .send(one.address(), request(way), Way.soon())
                                .status())
                        .isEqualTo(200);
                assertThat(transport
                                .send(other.address(), request(way), Way.soon())
                                .status())
                        .isEqualTo(200);
            }
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName("F15 a request under way when the authorities change gets its answer")
    void letsRequestsFinish(Way way) throws Exception {
        Files.writeString(bundle, OLD.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        var arrived = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        try (FakeVault server = FakeVault.secure(OLD.trusting(OLD_SERVER), (heard, to) -> {
                    if (arrived.getCount() > 0) {
                        arrived.countDown();
                        awaitQuietly(go);
                    }
                    to.json(200, "{}");
                });
                VaultTransport transport = transport(way, files)) {
            var slow = CompletableFuture.supplyAsync(() -> status(transport, server, request(way)));
            arrived.await();

            Files.writeString(bundle, OLD.pem() + NEW.pem());
            time.advance(LOOK_GAP);
            assertThat(status(transport, server, request(way))).isEqualTo(200);
            go.countDown();

            assertThat(slow.join()).isEqualTo(200);
        }
    }

    private static int status(VaultTransport transport, FakeVault server, VaultRequest request) {
        try {
            return transport.send(server.address(), request, Way.soon()).status();
        } catch (TransportException e) {
            throw new IllegalStateException(e.problem());
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest(name = Way.EACH)
    @EnumSource(names = {"HTTPS", "DRIVER"})
    @DisplayName(
            "F16 a client certificate that was rotated in place is shown by new connections; half written it is not")
    void followsClientCertificate(Way way) throws Exception {
        Identity first = OLD.request("first").issue();
        Identity second = OLD.request("second").issue();
        Files.writeString(bundle, OLD.pem());
        write(first);
        var files = new TlsFiles(bundle, certificate, key, time::nanos);
        var context = files.context();

        Files.writeString(certificate, second.certificatePem()); // the key is still the first one's
        time.advance(LOOK_GAP);
        assertThat(files.context()).isSameAs(context);
        Files.writeString(key, second.keyPem().substring(0, 80));
        time.advance(LOOK_GAP);
        assertThat(files.context()).isSameAs(context);
        write(second);
        time.advance(LOOK_GAP);

        assertThat(files.context()).isNotSameAs(context);
        try (FakeVault server = FakeVault.demanding(OLD.trusting(OLD_SERVER), (heard, to) -> to.json(200, "{}"));
                VaultTransport transport = transport(way, files)) {
            assertThat(transport
                            .send(server.address(), request(way), Way.soon())
                            .status())
                    .isEqualTo(200);
            assertThat(server.subjects()).containsExactly("CN=second");
        }
    }

    @Test
    @DisplayName("F15 files that are empty, garbage or gone for a while leave the last good ones in use")
    void keepsLastGood() throws Exception {
        Files.writeString(bundle, OLD.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        var context = files.context();

        for (String content : new String[] {"", "garbage", OLD.pem().substring(0, 200), "\0\1\2"}) {
            Files.writeString(bundle, content);
            time.advance(LOOK_GAP);
            assertThat(files.context()).as(content).isSameAs(context);
        }
        Files.delete(bundle);
        time.advance(LOOK_GAP);
        assertThat(files.context()).isSameAs(context);
    }

    @Test
    @DisplayName("F15 files that change back to what they were make no new connections")
    void knowsItsContent() throws Exception {
        Files.writeString(bundle, OLD.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        var context = files.context();

        Files.writeString(bundle, OLD.pem());
        time.advance(LOOK_GAP);

        assertThat(files.context()).isSameAs(context);
    }

    @Test
    @DisplayName("F15 of many requests at a rotation one looks at the files, and all get one context")
    void looksOnce() throws Exception {
        var files = new TlsFiles(bundle, null, null, time::nanos);
        var callers = Executors.newFixedThreadPool(CALLERS);
        Set<SSLContext> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        try {
            for (int rotation = 1; rotation <= 50; rotation++) {
                Files.writeString(bundle, OLD.pem() + "rotation " + rotation);
                time.advance(LOOK_GAP);
                var start = new CyclicBarrier(CALLERS);
                var looks = new ArrayList<Future<SSLContext>>();
                for (int caller = 0; caller < CALLERS; caller++) {
                    looks.add(callers.submit(() -> {
                        start.await();
                        return files.context();
                    }));
                }
                for (Future<SSLContext> look : looks) {
                    seen.add(look.get());
                }
                seen.add(files.context());

                assertThat(seen).hasSize(rotation);
            }
        } finally {
            callers.shutdownNow();
        }
    }

    @Test
    @DisplayName(
            "F15 a rotation that stays broken is warned of, once, by the name of the file; one in the midst is not")
    void warnsOnce() throws Exception {
        Files.writeString(bundle, OLD.pem());
        var files = new TlsFiles(bundle, null, null, time::nanos);
        SSLContext context = files.context();
        var warnings = new ArrayList<String>();
        LOG.setFilter(warning -> {
            warnings.add(warning.getLevel() + ": " + warning.getMessage());
            return false;
        });
        try {
            look(files, "garbage");
            look(files, OLD.pem());
            assertThat(warnings).isEmpty();

            for (int look = 0; look < 5; look++) {
                look(files, "-----BEGIN CERTIFICATE-----\nnot-a-real-value");
            }
            assertThat(warnings)
                    .containsExactly(
                            "WARNING: the TLS file " + bundle + " cannot be used (CertificateException);"
                                    + " look at the TLS files that this source is configured with (the last good ones stay in use)");
            assertThat(files.context()).isSameAs(context);

            look(files, OLD.pem());
            look(files, "");
            look(files, "");
            assertThat(warnings).hasSize(2);
        } finally {
            LOG.setFilter(null);
        }
    }

    private void look(TlsFiles files, String content) throws Exception {
        Files.writeString(bundle, content);
        time.advance(LOOK_GAP);
        SSLContext unused = files.context();
    }

    private static String problem(TlsFiles files) {
        var thrown = catchThrowableOfType(TransportException.class, files::context);
        assertThat(thrown.stage()).isEqualTo(TransportException.Stage.UNSENT);
        assertThat(thrown.fix()).contains("look at the TLS files");
        assertThat(thrown.problem()).doesNotContain("not-a-real-key");
        return thrown.problem();
    }

    @Test
    @DisplayName("F14 files that cannot be used from the start are named, with what is wrong, not with what they hold")
    void saysWhatIsWrong() throws Exception {
        var authorities = new TlsFiles(bundle, null, null, time::nanos);
        var identity = new TlsFiles(null, certificate, key, time::nanos);

        assertThat(problem(authorities)).contains(bundle + " cannot be read (NoSuchFileException)");
        for (String content : new String[] {"", "garbage"}) {
            Files.writeString(bundle, content);
            assertThat(problem(authorities)).contains(bundle + " cannot be used");
        }
        Files.writeString(bundle, " ".repeat((1 << 20) + 1));
        assertThat(problem(authorities)).contains(bundle + " is too large");

        assertThat(problem(identity)).contains(certificate + " cannot be read");
        Files.writeString(certificate, OLD_SERVER.certificatePem());
        assertThat(problem(identity)).contains(key + " cannot be read");
        Files.writeString(key, "not-a-real-key");
        assertThat(problem(identity)).contains(certificate + " and " + key + " cannot be used");
    }

    @Test
    @DisplayName("F14 a source whose TLS files cannot be used says so, and what to look at")
    void tellsTheApplication() throws Exception {
        try (FakeVault server = Way.HTTPS.server(new Routes());
                Secrets secrets = Secrets.builder()
                        .source(
                                "vault",
                                VaultSource.builder(server.address())
                                        .authorities(bundle)
                                        .auth(VaultAuth.token(SecretValue.of("not-a-real-token")))
                                        .build())
                        .build()) {
            assertThatThrownBy(() -> secrets.get("vault:secret/app#password"))
                    .isInstanceOf(SecretUnavailableException.class)
                    .hasMessageContaining(bundle + " cannot be read")
                    .hasMessageContaining("; look at the TLS files");
        }
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // what reads a pipe hears no interrupt
    @EnabledOnOs(OS.LINUX)
    @DisplayName("F33 a pipe or a device in place of a file is refused, and not read for ever")
    void readsFilesAlone() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", bundle.toString()).start().waitFor())
                .isZero();
        for (Path odd : new Path[] {bundle, Path.of("/dev/zero")}) {
            assertThat(problem(new TlsFiles(odd, null, null, time::nanos))).contains(odd + " is not a regular file");
        }
    }

    private void write(Identity identity) throws IOException {
        Files.writeString(certificate, identity.certificatePem());
        Files.writeString(key, identity.keyPem());
    }
}
