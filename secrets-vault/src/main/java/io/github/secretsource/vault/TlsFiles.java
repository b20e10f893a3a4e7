package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.view.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS by files in PEM: a bundle of authorities, a client certificate with its key, or both. They are looked at once a
 * second while requests are made, by one of them, and when their content has changed a new context takes over. Files that
 * cannot be read or do not fit together, as in the midst of a rotation, leave the last good one; where two looks in a row
 * find none that can be used, a warning says so, once. Safe for concurrent use.
 */
final class TlsFiles implements TlsSettings {
    private static final long LOOK_GAP = 1_000_000_000;
    private static final int TOLD_AT = 2; // the first look may fall into the midst of a rotation
    private static final char[] IN_MEMORY = new char[0];
    private static final String FIX = "look at the TLS files that this source is configured with";

    private final @Nullable Path authorities;
    private final @Nullable Path certificate;
    private final @Nullable Path key;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock(); // held to look at the files
    private volatile @Nullable Made last;

    /** A context, what it was made of, when files were looked at, and how often since they could not be used, and why. */
    private record Made(List<byte[]> from, SSLContext context, long lookedAt, int failures, String problem) {}

    TlsFiles(@Nullable Path authorities, @Nullable Path certificate, @Nullable Path key, LongSupplier clock) {
        this.authorities = authorities;
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
    }

    @Override
    public SSLContext context() throws TransportException {
        Made before = last;
        if (before == null) {
            lock.lock();
        } else if (isFresh(before) || !lock.tryLock()) {
            return before.context();
        }
        Made made;
        try {
            Made now = last;
            if (now != null && isFresh(now)) {
                return now.context(); // Somebody else has just looked.
            }
            made = look(now);
            last = made;
        } finally {
            lock.unlock();
        }
        if (made.failures() == TOLD_AT) {
            System.getLogger(TlsFiles.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            made.problem() + "; " + FIX + " (the last good ones stay in use)");
        }
        return made.context();
    }

    private boolean isFresh(Made made) {
        return clock.getAsLong() - made.lookedAt() < LOOK_GAP;
    }

    private Made look(@Nullable Made before) throws TransportException {
        long now = clock.getAsLong();
        try {
            List<byte[]> files = List.of(read(authorities), read(certificate), read(key));
            SSLContext context = before != null && same(before.from(), files) ? before.context() : make(files);
            return new Made(files, context, now, 0, "");
        } catch (UnusableFileException e) {
            if (before == null) {
                throw new TransportException(
                        TransportException.Stage.UNSENT, "cannot be asked, since " + e.problem(), FIX);
            }
            return new Made(before.from(), before.context(), now, before.failures() + 1, e.problem());
        }
    }

    private static byte[] read(@Nullable Path file) throws UnusableFileException {
        try {
            return file == null ? new byte[0] : SmallFile.read(file);
        } catch (UnusableFileException e) {
            throw new UnusableFileException("the TLS file " + file + " " + e.problem());
        }
    }

    private static boolean same(List<byte[]> some, List<byte[]> others) {
        for (int at = 0; at < some.size(); at++) {
            if (!Arrays.equals(some.get(at), others.get(at))) {
                return false;
            }
        }
        return true;
    }

    private SSLContext make(List<byte[]> files) throws UnusableFileException {
        KeyManager[] keys = keys(files.get(1), files.get(2));
        TrustManager[] trust = trust(files.get(0));
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException("the TLS files cannot be used" + reason(e));
        }
    }

    private KeyManager @Nullable [] keys(byte[] certificates, byte[] privateKey) throws UnusableFileException {
        if (certificate == null) {
            return null;
        }
        try {
            var identity = TlsIdentity.of(SecretValue.of(certificates), SecretValue.of(privateKey));
            var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(identity.keyStore(IN_MEMORY), IN_MEMORY);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new UnusableFileException(
                    "the TLS files " + certificate + " and " + key + " cannot be used" + reason(e));
        }
    }

    private TrustManager @Nullable [] trust(byte[] bundle) throws UnusableFileException {
        if (authorities == null) {
            return null;
        }
        try {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bundle));
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("it holds no certificate in PEM");
            }
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (Certificate one : certificates) {
                store.setCertificateEntry("authority-" + store.size(), Objects.requireNonNull(one));
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new UnusableFileException("the TLS file " + authorities + " cannot be used" + reason(e));
        }
    }

    /** Messages of our own name no content; of others only the class is told. */
    private static String reason(Exception thrown) {
        return thrown instanceof IllegalArgumentException
                ? ": " + thrown.getMessage()
                : " (" + thrown.getClass().getSimpleName() + ")";
    }
}
