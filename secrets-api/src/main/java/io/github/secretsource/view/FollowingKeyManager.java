package io.github.secretsource.view;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Hands the identity that a handle holds to each handshake. A handshake first asks for an alias, then for what it stands
 * for: an alias names one identity, so that no handshake mixes two. Safe for concurrent use.
 */
final class FollowingKeyManager extends X509ExtendedKeyManager {
    private static final int REMEMBERED = 8;

    private final Supplier<TlsIdentity> live;
    private final AtomicLong issued = new AtomicLong();
    private final Map<String, TlsIdentity> recent = new ConcurrentHashMap<>();

    FollowingKeyManager(Supplier<TlsIdentity> live) {
        this.live = live;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return chosen(Stream.of(keyType), null).orElse(null);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chosen(Stream.of(keyType), null).orElse(null);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return chosen(Arrays.stream(keyTypes), issuers).orElse(null);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chosen(Arrays.stream(keyTypes), issuers).orElse(null);
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return chosen(Stream.of(keyType), null)
                .map(alias -> new String[] {alias})
                .orElse(null);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return chosen(Stream.of(keyType), issuers)
                .map(alias -> new String[] {alias})
                .orElse(null);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return named(alias)
                .map(identity -> identity.certificates().toArray(X509Certificate[]::new))
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return named(alias).map(TlsIdentity::privateKey).orElse(null);
    }

    private Optional<String> chosen(Stream<String> keyTypes, Principal @Nullable [] issuers) {
        TlsIdentity identity = live.get();
        String kind = identity.privateKey().getAlgorithm();
        // Older protocols ask for EC_RSA: a key of the first kind, whose certificate is signed with the second.
        boolean fits = keyTypes.anyMatch(type -> type.replaceFirst("_.*", "").equals(kind));
        return fits && isIssuedByOneOf(identity, issuers) ? Optional.of(alias(identity)) : Optional.empty();
    }

    private static boolean isIssuedByOneOf(TlsIdentity identity, Principal @Nullable [] issuers) {
        if (issuers == null || issuers.length == 0) {
            return true;
        }
        List<Principal> accepted = Arrays.asList(issuers);
        return identity.certificates().stream()
                .anyMatch(certificate -> accepted.contains(certificate.getIssuerX500Principal()));
    }

    /** Returns the alias of an identity, which is remembered for as long as a few rotations take. */
    private String alias(TlsIdentity identity) {
        for (var named : recent.entrySet()) {
            if (named.getValue().equals(identity)) {
                return named.getKey();
            }
        }
        long number = issued.incrementAndGet();
        recent.put("identity-" + number, identity);
        recent.remove("identity-" + (number - REMEMBERED));
        return "identity-" + number;
    }

    private Optional<TlsIdentity> named(String alias) {
        return Optional.ofNullable(recent.get(alias));
    }
}
