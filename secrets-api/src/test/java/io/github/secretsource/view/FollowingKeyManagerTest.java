package io.github.secretsource.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.LiveSecret;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FollowingKeyManagerTest {
    private static TlsIdentity rsa;
    private static TlsIdentity ec;
    private static TlsIdentity ed25519;

    private final AtomicReference<TlsIdentity> held = new AtomicReference<>(ec);
    private final FollowingKeyManager manager = new FollowingKeyManager(held::get);

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = TestIdentity.make("rsa", "RSA").viewed();
        ec = TestIdentity.make("ec", "EC").viewed();
        ed25519 = TestIdentity.make("ed", "Ed25519").viewed();
    }

    @Test
    void provesWhoTheServerIsWithEveryKindOfKey() throws Exception {
        for (TlsIdentity identity : List.of(rsa, ec, ed25519)) {
            var client = handshake(identity.sslContext(), context(null, identity));

            assertThat(client.getSession().getPeerCertificates())
                    .containsExactly(identity.certificates().get(0));
        }
    }

    @Test
    void usesTheRotatedIdentityFromTheNextHandshakeOn() throws Exception {
        var server = context(manager, ec);
        assertThat(handshake(server, context(null, ec)).getSession().getPeerCertificates())
                .containsExactly(ec.certificates().get(0));

        held.set(rsa);

        assertThat(handshake(server, context(null, rsa)).getSession().getPeerCertificates())
                .containsExactly(rsa.certificates().get(0));
    }

    @Test
    void provesWhoTheClientIs() throws Exception {
        var server = context(new FollowingKeyManager(() -> rsa), ec);
        SSLEngine serverEngine = server.createSSLEngine();
        serverEngine.setNeedClientAuth(true);

        handshake(serverEngine, context(manager, rsa));

        assertThat(serverEngine.getSession().getPeerCertificates())
                .containsExactly(ec.certificates().get(0));
    }

    @Test
    void followsAHandle() throws Exception {
        var server = TlsIdentity.following(LiveSecret.constant(ec));

        assertThat(handshake(server, context(null, ec)).getSession().getPeerCertificates())
                .containsExactly(ec.certificates().get(0));
    }

    @Test
    void givesOneHandshakeOneIdentityWhateverRotatesMeanwhile() {
        String alias = manager.chooseEngineServerAlias("EC", null, null);

        held.set(rsa);

        assertThat(manager.getPrivateKey(alias)).isEqualTo(ec.privateKey());
        assertThat(manager.getCertificateChain(alias))
                .containsExactly(ec.certificates().get(0));
        assertThat(manager.chooseEngineServerAlias("RSA", null, null)).isNotEqualTo(alias);
    }

    @Test
    void givesTheSameIdentityTheSameAlias() {
        assertThat(manager.chooseServerAlias("EC", null, null))
                .isEqualTo(manager.chooseEngineServerAlias("EC_RSA", null, null));
    }

    @Test
    void offersNoKeyOfAnotherKind() {
        assertThat(manager.chooseEngineServerAlias("RSA", null, null)).isNull();
        assertThat(manager.chooseClientAlias(new String[] {"RSA", "DSA"}, null, null))
                .isNull();
        assertThat(manager.getServerAliases("RSA", null)).isNull();
        assertThat(manager.getClientAliases("EC", null)).hasSize(1);
    }

    @Test
    void offersAClientsCertificateOnlyToServersThatKnowItsIssuer() {
        Principal[] others = {rsa.certificates().get(0).getSubjectX500Principal()};
        Principal[] issuer = {ec.certificates().get(0).getIssuerX500Principal()};

        assertThat(manager.chooseEngineClientAlias(new String[] {"EC"}, others, null))
                .isNull();
        assertThat(manager.chooseEngineClientAlias(new String[] {"EC"}, issuer, null))
                .isNotNull();
    }

    @Test
    void knowsNoAliasOfSomebodyElse() {
        assertThat(manager.getPrivateKey("other")).isNull();
        assertThat(manager.getCertificateChain("other")).isNull();
    }

    @Test
    void failsTheHandshakeWhereTheHandleRefuses() throws Exception {
        var refusing = new FollowingKeyManager(() -> {
            throw new IllegalStateException("closed");
        });
        var server = context(refusing, ec);
        var client = context(null, ec);

        assertThatThrownBy(() -> handshake(server, client))
                .isInstanceOfAny(SSLException.class, IllegalStateException.class);
    }

    /** A context that trusts one certificate. */
    private static SSLContext context(KeyManager manager, TlsIdentity trusted) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        X509Certificate certificate = trusted.certificates().get(0);
        store.setCertificateEntry("trusted", certificate);
        var trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(manager == null ? null : new KeyManager[] {manager}, trust.getTrustManagers(), null);
        return context;
    }

    private static SSLEngine handshake(SSLContext server, SSLContext client) throws Exception {
        return handshake(server.createSSLEngine(), client);
    }

    /** Lets two engines talk in memory until both are done; returns the client's. */
    private static SSLEngine handshake(SSLEngine server, SSLContext clientContext) throws Exception {
        SSLEngine client = clientContext.createSSLEngine();
        client.setUseClientMode(true);
        server.setUseClientMode(false);
        var toServer = ByteBuffer.allocate(1 << 16);
        var toClient = ByteBuffer.allocate(1 << 16);
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < 50; round++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
        }
        assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
        return client;
    }

    private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        var application = ByteBuffer.allocate(1 << 16);
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
        if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
        in.flip();
        engine.unwrap(in, application);
        in.compact();
    }
}
