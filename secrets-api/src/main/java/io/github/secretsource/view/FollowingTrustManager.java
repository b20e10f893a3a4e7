package io.github.secretsource.view;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Trusts whom the authorities that a handle holds have signed for, asked at each handshake. Where it holds none, nobody
 * is trusted. What a certificate must fulfil besides, its host name for instance, the JDK checks. Safe for concurrent
 * use.
 */
final class FollowingTrustManager extends X509ExtendedTrustManager {
    private final Supplier<TlsIdentity> live;

    /** Made anew when the authorities have changed; two threads that notice it may both do so. */
    private volatile @Nullable Trust last;

    private record Trust(List<X509Certificate> authorities, X509ExtendedTrustManager manager) {}

    FollowingTrustManager(Supplier<TlsIdentity> live) {
        this.live = live;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        now().checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        now().checkClientTrusted(chain, authType, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        now().checkClientTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        now().checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        now().checkServerTrusted(chain, authType, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        now().checkServerTrusted(chain, authType, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return live.get().authorities().toArray(X509Certificate[]::new);
    }

    private X509ExtendedTrustManager now() throws CertificateException {
        List<X509Certificate> authorities = live.get().authorities();
        Trust trust = last;
        if (trust == null || !trust.authorities.equals(authorities)) {
            trust = new Trust(authorities, manager(authorities));
            last = trust;
        }
        return trust.manager;
    }

    private static X509ExtendedTrustManager manager(List<X509Certificate> authorities) throws CertificateException {
        if (authorities.isEmpty()) {
            throw new CertificateException("nobody is trusted: the secret has no certificates in 'ca.crt'");
        }
        try {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (int number = 0; number < authorities.size(); number++) {
                store.setCertificateEntry("authority-" + number, authorities.get(number));
            }
            var factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this JDK cannot trust certificates in memory", e);
        }
    }
}
