package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link TlsIdentity} from PEM or PKCS#12. What the JDK's parsers throw is dropped: their messages may quote
 * what they read. Stateless.
 */
final class IdentityReader {
    private static final byte DER_SEQUENCE = 0x30;

    private IdentityReader() {}

    /** Reads the parts with these keys. That with the authorities may be missing; without a key it is not looked for. */
    static TlsIdentity read(
            Secret secret, String certificatesField, String keyField, @Nullable String authoritiesField) {
        if (secret.fieldNames().isEmpty() && secret.value().use(IdentityReader::isDer)) {
            return readPkcs12(secret, SecretValue.of(""));
        }
        SecretValue certificatesPem = Parts.part(secret, certificatesField);
        SecretValue keyPem = Parts.part(secret, keyField);
        List<X509Certificate> certificates =
                refusing(secret, certificatesField, certificatesPem, text -> certificates(text));
        var publicKey = certificates.get(0).getPublicKey();
        PrivateKey key = refusing(secret, keyField, keyPem, text -> PrivateKeys.read(text, publicKey));
        return checked(secret, keyField, certificates, key, authorities(secret, authoritiesField));
    }

    static TlsIdentity read(SecretValue certificatesPem, SecretValue keyPem) {
        List<X509Certificate> certificates = saying("certificates", certificatesPem, text -> certificates(text));
        var publicKey = certificates.get(0).getPublicKey();
        PrivateKey key = saying("key", keyPem, text -> PrivateKeys.read(text, publicKey));
        if (!PrivateKeys.belongTogether(publicKey, key)) {
            throw new IllegalArgumentException("the key is not that of the first certificate");
        }
        return new TlsIdentity(certificates, key, List.of());
    }

    private static <T> T saying(String part, SecretValue pem, SecretValue.Use<byte[], T, RuntimeException> reading) {
        try {
            return pem.use(reading);
        } catch (IllegalArgumentException e) { // from this package: what is wrong, without content
            throw new IllegalArgumentException(part + ": " + e.getMessage());
        }
    }

    /** An empty part is none: some who write certificates leave it so where they do not know the authority. */
    private static List<X509Certificate> authorities(Secret secret, @Nullable String field) {
        if (field == null
                || !secret.fieldNames().contains(field)
                || secret.field(field).use(IdentityReader::isBlank)) {
            return List.of();
        }
        return refusing(secret, field, secret.field(field), text -> certificates(text));
    }

    private static boolean isBlank(byte[] text) {
        for (byte character : text) {
            if (" \t\r\n".indexOf(character) < 0) {
                return false;
            }
        }
        return true;
    }

    static TlsIdentity readPkcs12(Secret secret, SecretValue password) {
        SecretValue store = secret.value();
        return store.use(bytes -> password.useChars(chars -> {
            try {
                var opened = KeyStore.getInstance("PKCS12");
                opened.load(new ByteArrayInputStream(bytes), chars);
                return onlyEntry(secret, opened, chars);
            } catch (IOException | GeneralSecurityException e) { // does not say reliably which of the two it is
                throw malformed(secret, "is not a PKCS#12 key store that this password opens");
            }
        }));
    }

    private static TlsIdentity onlyEntry(Secret secret, KeyStore store, char[] password)
            throws GeneralSecurityException {
        var identities = new ArrayList<TlsIdentity>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && store.getKey(alias, password) instanceof PrivateKey key) {
                identities.add(checked(secret, "", chain(store.getCertificateChain(alias)), key, List.of()));
            }
        }
        if (identities.size() != 1) {
            throw malformed(secret, "holds " + identities.size() + " private keys instead of one");
        }
        return identities.get(0);
    }

    private static List<X509Certificate> chain(Certificate @Nullable [] certificates) {
        return certificates == null
                ? List.of()
                : Arrays.stream(certificates).map(X509Certificate.class::cast).toList();
    }

    private static boolean isDer(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == DER_SEQUENCE;
    }

    private static List<X509Certificate> certificates(byte[] text) {
        var certificates = new ArrayList<X509Certificate>();
        for (Pem.Block block : Pem.blocks(text)) {
            if (block.label().equals("CERTIFICATE")) {
                certificates.add(certificate(block.content(text), certificates.size() + 1));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("holds no certificate in PEM");
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate certificate(byte[] content, int number) {
        try {
            var factory = CertificateFactory.getInstance("X.509");
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException e) {
            throw new IllegalArgumentException("holds a malformed certificate, number " + number);
        }
    }

    private static TlsIdentity checked(
            Secret secret,
            String field,
            List<X509Certificate> chain,
            PrivateKey key,
            List<X509Certificate> authorities) {
        if (chain.isEmpty() || !PrivateKeys.belongTogether(chain.get(0).getPublicKey(), key)) {
            throw Parts.malformed(secret, field, "is not the key of the first certificate");
        }
        return new TlsIdentity(chain, key, authorities);
    }

    /** Reads a part, and puts the name of the part before what is wrong with it. */
    private static <T> T refusing(
            Secret secret, String field, SecretValue part, SecretValue.Use<byte[], T, RuntimeException> reading) {
        try {
            return part.use(reading);
        } catch (IllegalArgumentException e) { // from this package: what is wrong, without content
            throw Parts.malformed(secret, field, e);
        }
    }

    private static SecretFormatException malformed(Secret secret, String problem) {
        return new SecretFormatException(secret.id(), problem, "correct it in the store, or the password");
    }
}
