package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.TestSecrets;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FollowingTrustManagerTest {
    private static TestIdentity authority;
    private static TestIdentity other;

    @BeforeAll
    static void makeKeys() throws Exception {
        authority = TestIdentity.make("authority", "EC");
        other = TestIdentity.make("other", "EC");
    }

    @Test
    void trustsWhomTheAuthoritiesOfTheMomentHaveSignedFor() throws Exception {
        var held = new AtomicReference<>(trusting(authority));
        var manager = new FollowingTrustManager(held::get);
        X509Certificate[] chain = {other.issue("localhost", 2).certificate()};
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> manager.checkServerTrusted(chain, "UNKNOWN"));
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> manager.checkClientTrusted(chain, "UNKNOWN"));

        held.set(trusting(other));

        manager.checkServerTrusted(chain, "UNKNOWN");
        manager.checkClientTrusted(chain, "UNKNOWN");
        assertThat(manager.getAcceptedIssuers()).containsExactly(other.certificate());
    }

    @Test
    void trustsNobodyWithoutAuthorities() throws Exception {
        var manager = TlsIdentity.trustManager(LiveSecret.constant(authority.viewed()));
        X509Certificate[] chain = {authority.certificate()};

        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> manager.checkServerTrusted(chain, "UNKNOWN"))
                .withMessage("nobody is trusted: the secret has no certificates in 'ca.crt'");
        assertThat(manager.getAcceptedIssuers()).isEmpty();
    }

    @Test
    void isNotAskedUnlessAskedFor() throws Exception {
        var client = TlsIdentity.following(LiveSecret.constant(trusting(authority)));
        try (var server = TlsEcho.start(context(authority))) {
            assertThatThrownBy(() -> server.connect(client))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("PKIX");
        }
    }

    @Test
    void clientRefusesAServerOfAnotherName() throws Exception {
        var elsewhere = authority.issue("elsewhere", 5).viewed();
        try (var server = TlsEcho.start(TlsIdentity.following(LiveSecret.constant(elsewhere)))) {
            assertThatThrownBy(() -> server.connect(context(authority)))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("localhost");
        }
    }

    @Test
    void serverRefusesClientsOfAnotherAuthority() throws Exception {
        try (var server = TlsEcho.startMutual(context(authority))) {
            var theirs = new HashMap<>(other.issue("client", 3).fields());
            theirs.put("ca.crt", authority.certificatePem());
            var stranger = TlsIdentity.from(TestSecrets.fields(theirs));

            assertThatThrownBy(() -> server.connect(TlsIdentity.followingWithTrust(LiveSecret.constant(stranger))))
                    .isInstanceOf(IOException.class);
            try (var connection = server.connect(context(authority))) {
                assertThat(connection.clientSerial()).isEqualTo(7);
            }
        }
    }

    private static SSLContext context(TestIdentity authority) throws Exception {
        return TlsIdentity.followingWithTrust(LiveSecret.constant(trusting(authority)));
    }

    private static TlsIdentity trusting(TestIdentity authority) throws Exception {
        var fields = new HashMap<>(authority.issue("localhost", 7).fields());
        fields.put("ca.crt", authority.certificatePem());
        return TlsIdentity.from(TestSecrets.fields(fields));
    }
}
