package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.CertificateAuthority;
import io.github.secretsource.servers.openbao.Kv2;
import io.github.secretsource.servers.openbao.OpenBao;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that change at the server, and the file that says whom to trust. */
@WithServers
class TlsRotationServerIT {
    private static final String VALUE = "the value";
    private static OpenBao own;

    private final CertificateAuthority next = CertificateAuthority.create("next");
    private Kv2 kv;

    @TempDir
    private Path folder;

    TlsRotationServerIT(OpenBao installed) {
        assertThat(installed).isNotNull();
    }

    @BeforeAll
    static void startOwn() {
        own = OpenBao.startOwn();
    }

    @BeforeEach
    void start() {
        own.present(own.authority().localhost());
        kv = own.admin().kv2();
        kv.put("app", "password", VALUE);
    }

    @AfterAll
    static void stop() {
        own.close();
    }

    private String ref() {
        return "vault:" + kv.mount() + "/app#password";
    }

    private Secrets secrets(Path authorities) {
        return Secrets.builder()
                .source(
                        "vault",
                        VaultSource.builder(own.tlsAddress())
                                .authorities(authorities)
                                .auth(VaultAuth.token(SecretValue.of(own.token())))
                                .build())
                .policy(Served.eachSecond())
                .build();
    }

    /** As a rotation does it: the old file or the new one, and no part of either. */
    private Path bundle(String... pems) throws IOException {
        Path fresh = Files.writeString(folder.resolve("fresh.pem"), String.join("", pems));
        return Files.move(
                fresh, folder.resolve("ca.pem"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    @DisplayName("F15 a bundle of two authorities: both are trusted, whichever stands first")
    void bothAuthoritiesOfABundleAreTrusted() throws IOException {
        String[][] orders = {
            {own.authority().pem(), next.pem()}, {next.pem(), own.authority().pem()}
        };
        for (String[] order : orders) {
            try (Secrets secrets = secrets(bundle(order))) {
                assertThat(secrets.get(ref()).reveal()).isEqualTo(VALUE);
            }
        }
    }

    @Test
    @DisplayName(
            "F15 another authority at the server, then in the file: served meanwhile, fresh afterwards, no restart")
    void anotherAuthorityIsFollowedWithoutARestart() throws IOException {
        try (Secrets secrets = secrets(bundle(own.authority().pem()));
                var live = secrets.live(ref());
                Readers readers = Readers.start(2, i -> live::get)) {
            own.present(next.localhost());
            try (Secrets cold = secrets(folder.resolve("ca.pem"))) {
                var refusal = catchThrowableOfType(SecretUnavailableException.class, () -> cold.get(ref()));
                assertThat(refusal.problem()).contains("of an authority that is not trusted");
            }

            bundle(own.authority().pem(), next.pem());
            kv.put("app", "password", "anew");
            Readers.await("the rotation is seen", () -> live.get().reveal().equals("anew"));
            assertThat(live.status().state()).isEqualTo(State.FRESH);
            assertThat(readers.refusals()).isEmpty();
        }
    }

    @Test
    @DisplayName("F15 a file that is rubbish in the midst of a rotation leaves the last good one")
    void aFileThatIsRubbishLeavesTheLastGoodOne() throws IOException {
        try (Secrets secrets = secrets(bundle(own.authority().pem()));
                var live = secrets.live(ref())) {
            bundle("-----BEGIN CERTIFICATE-----\nhalf of");
            kv.put("app", "password", "anew");

            Readers.await("the rotation is seen", () -> live.get().reveal().equals("anew"));
        }
    }

    @Test
    @DisplayName("F13 F14 expired, not yet valid, another host's, unknown: four refusals that say which")
    void wrongCertificatesSayWhatIsWrong() throws IOException {
        CertificateAuthority authority = own.authority();
        Instant now = Instant.now();
        Duration day = Duration.ofDays(1);
        Path file = bundle(authority.pem());

        own.present(authority
                .request("localhost")
                .address("127.0.0.1")
                .valid(now.minus(day.multipliedBy(2)), now.minus(day))
                .issue());
        assertRefused(file, "has expired");
        own.present(authority
                .request("localhost")
                .address("127.0.0.1")
                .valid(now.plus(day), now.plus(day.multipliedBy(2)))
                .issue());
        assertRefused(file, "is not valid yet");
        own.present(authority.request("elsewhere").host("elsewhere.example").issue());
        assertRefused(file, "of another host name");
        own.present(next.localhost());
        assertRefused(file, "of an authority that is not trusted");
    }

    private void assertRefused(Path authorities, String why) {
        try (Secrets secrets = secrets(authorities)) {
            var refusal = catchThrowableOfType(SecretUnavailableException.class, () -> secrets.get(ref()));
            assertThat(refusal.problem()).contains(why);
        }
    }
}
