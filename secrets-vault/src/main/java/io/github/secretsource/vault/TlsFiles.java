package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.view.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS by files in PEM: a bundle of authorities, a client certificate with its key, or both. They are looked at once a
 * second while requests are made, and when their content has changed a new context takes over; files that cannot be read
 * or do not fit together, as in the midst of a rotation, leave the last good one. Safe for concurrent use.
 */
final class TlsFiles implements TlsSettings {
    private static final long LOOK_GAP = 1_000_000_000;
    private static final char[] IN_MEMORY = new char[0];

    private final @Nullable Path authorities;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final LongSupplier clock;
    private volatile @Nullable Made last;

    /** A context, what it was made of, and when that was looked at. */
    private record Made(List<byte[]> from, SSLContext context, long lookedAt) {}

    TlsFiles(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key, LongSupplier clock) {
        this.authorities = authorities;
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
    }

    @Override
    public SSLContext context() throws TransportException {
        Made before = last;
        long now = clock.getAsLong();
        if (before != null && now - before.lookedAt() < LOOK_GAP) {
            return before.context();
        }
        try {
            List<byte[]> files = read();
            SSLContext context = before != null && same(before.from(), files) ? before.context() : make(files);
            var made = new Made(files, context, now);
            last = made;
            return made.context();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            if (before == null) {
                throw new TransportException(
                        TransportException.Stage.UNSENT,
                        "cannot be asked, since the TLS files of this client cannot be used: " + reason(e));
            }
            last = new Made(before.from(), before.context(), now);
            return before.context();
        }
    }

    /** Messages of our own name no content; of others only the class is told. */
    private static String reason(Exception thrown) {
        return thrown instanceof IllegalArgumentException
                ? String.valueOf(thrown.getMessage())
                : thrown.getClass().getSimpleName();
    }

    private List<byte[]> read() throws IOException {
        var files = new ArrayList<byte[]>();
        for (Path file : Arrays.asList(authorities, certificate, key)) {
            files.add(file == null ? new byte[0] : Files.readAllBytes(file));
        }
        return files;
    }

    private static boolean same(List<byte[]> some, List<byte[]> others) {
        for (int at = 0; at < some.size(); at++) {
            if (!Arrays.equals(some.get(at), others.get(at))) {
                return false;
            }
        }
        return true;
    }

    private SSLContext make(List<byte[]> files) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(keys(files.get(1), files.get(2)), trust(files.get(0)), null);
        return context;
    }

    private KeyManager @Nullable [] keys(byte[] certificates, byte[] privateKey) throws GeneralSecurityException {
        if (certificate == null) {
            return null;
        }
        var identity = TlsIdentity.of(SecretValue.of(certificates), SecretValue.of(privateKey));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(identity.keyStore(IN_MEMORY), IN_MEMORY);
        return factory.getKeyManagers();
    }

    private TrustManager @Nullable [] trust(byte[] bundle) throws IOException, GeneralSecurityException {
        if (authorities == null) {
            return null;
        }
        Collection<? extends Certificate> certificates =
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bundle));
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("the file of authorities holds no certificate in PEM");
        }
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (Certificate one : certificates) {
            store.setCertificateEntry("authority-" + store.size(), Objects.requireNonNull(one));
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }
}
