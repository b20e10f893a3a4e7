package io.github.secretsource.vault;

import io.github.secretsource.servers.host.CertificateAuthority;
import java.time.Duration;
import java.util.Arrays;

/** The ways to a server: what holds for one is tested for the others. */
enum Way {
    /** Plain, by the JDK's client. */
    HTTP,
    /** With TLS, by the JDK's client: whatever carries a token. */
    HTTPS,
    /** With TLS, by the driver: whatever carries none, such as a login. */
    DRIVER;

    /** The name of a parameterized test. */
    static final String EACH = "{displayName} [{0}]";

    /** One authority for all tests, since keys take their time. */
    static final CertificateAuthority AUTHORITY = CertificateAuthority.create("fake-vault");

    /** A server that is reached this way. */
    FakeVault server(FakeVault.Script script) {
        return this == HTTP
                ? FakeVault.plain(script)
                : FakeVault.secure(AUTHORITY.trusting(AUTHORITY.localhost()), script);
    }

    FakeVault server(Routes routes) {
        return server(FakeVault.serving(routes));
    }

    /** What the product sends by, in real time. */
    VaultTransport transport() {
        var trusting = AUTHORITY.trusting();
        return this == DRIVER
                ? new DriverTransport(() -> trusting, System::nanoTime)
                : new JdkTransport(() -> trusting, System::nanoTime);
    }

    /** A client of these servers that sends everything this way. */
    VaultClient client(FakeVault... servers) {
        VaultTransport transport = transport();
        return new VaultClient(
                new Addresses(Arrays.stream(servers).map(FakeVault::address).toList()),
                "",
                System::nanoTime,
                transport,
                transport);
    }

    /** A source of these servers, not built yet. */
    static VaultSource.Builder source(FakeVault... servers) {
        var builder = new VaultSource.Builder().tls(AUTHORITY.trusting()).mount("secret", VaultMount.KV2);
        for (FakeVault server : servers) {
            builder.address(server.address());
        }
        return builder;
    }

    static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    static long soon() {
        return in(Duration.ofSeconds(5));
    }
}
