package io.github.secretsource.vault;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Secrets of HashiCorp Vault and of OpenBao: key-value secrets of both versions, and those that an engine makes when they
 * are read, with their leases.
 *
 * <pre>
 * VaultSource vault = VaultSource.builder(URI.create("https://vault.example:8200"))
 *         .auth(VaultAuth.kubernetes("orders"))
 *         .authorities(Path.of("/etc/vault/ca.pem"))
 *         .build();
 * Secrets secrets = Secrets.builder().source("vault", vault).build();
 * secrets.get("vault:secret/app/db#password");
 * secrets.live("vault:database/creds/orders", UsernamePassword::from);
 * </pre>
 *
 * <p>The path of a reference is that of the mount and what follows, as the command line of Vault writes it. What is
 * mounted there is declared by {@link Builder#mount}, or asked from the server once. {@code ?version=3} and {@code
 * ?previous} choose among the versions of a KV 2 secret. Safe for concurrent use.
 */
public final class VaultSource implements SecretSource {
    private static final int CONNECTIONS = 8;
    private static final Duration GOODBYE = Duration.ofSeconds(1);

    private final Settings settings;
    private volatile @Nullable Parts parts;

    /** What the builder was told. */
    record Settings(
            List<URI> addresses,
            Login login,
            String namespace,
            Map<String, VaultMount> mounts,
            @Nullable SSLContext tls,
            @Nullable Path authorities,
            @Nullable Path certificate,
            @Nullable Path key) {}

    /** What is there from {@link #start} on. */
    private record Parts(VaultClient client, Session session, VaultReader reader, Doctor doctor) {}

    private VaultSource(Settings settings) {
        this.settings = settings;
    }

    /**
     * Begins a source of one server, or of a cluster behind one address.
     *
     * @param address scheme, host and port; https, or http on this machine
     * @return a builder
     * @throws IllegalArgumentException if tokens must not be sent there
     */
    public static Builder builder(URI address) {
        return new Builder().address(address);
    }

    /**
     * Begins a source as the environment variables of Vault's own tools describe it: {@code VAULT_ADDR}, {@code
     * VAULT_TOKEN}, {@code VAULT_NAMESPACE}, {@code VAULT_CACERT}, {@code VAULT_CLIENT_CERT} and {@code VAULT_CLIENT_KEY}.
     * Nothing else reads them.
     *
     * @return a builder, which may be told more
     * @throws IllegalArgumentException if {@code VAULT_ADDR} is missing or malformed, or if certificates are not to be
     *     checked
     */
    public static Builder fromEnvironment() {
        return VaultEnvironment.builder(System.getenv());
    }

    @Override
    public void start(SourceContext context) {
        LongSupplier clock = context.timeline()::nanos;
        TlsSettings tls = tls(clock);
        var client = new VaultClient(
                new Addresses(settings.addresses),
                settings.namespace,
                clock,
                new DriverTransport(tls, clock),
                new JdkTransport(tls, clock));
        var session = new Session(settings.login, client, context);
        var mounts = new Mounts(settings.mounts, client);
        parts = new Parts(
                client,
                session,
                new VaultReader(client, session, mounts, context.timeline()),
                new Doctor(client, session, mounts, context.timeline()));
    }

    private TlsSettings tls(LongSupplier clock) {
        SSLContext given = settings.tls;
        return given != null
                ? () -> given
                : new TlsFiles(settings.authorities, settings.certificate, settings.key, clock);
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        return started().reader().read(id, context);
    }

    @Override
    public SourceTraits traits() {
        return SourceTraits.defaults()
                .withSelectors(Selector.VERSION, Selector.PREVIOUS)
                .withPermits(CONNECTIONS)
                .withPathRule(VaultSource::problemWith);
    }

    private static Optional<String> problemWith(SecretId id) {
        if (id.path().indexOf('/') < 0) {
            return Optional.of("its path must be that of a mount and of what is below it, such as secret/app/db");
        }
        boolean isNumber = id.selectorValue()
                .filter(version -> !version.matches("[1-9]\\d{0,8}"))
                .isEmpty();
        return isNumber ? Optional.empty() : Optional.of("its version must be a number from 1 on");
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        return started().doctor().look(ids);
    }

    @Override
    public List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return started().doctor().permissions(ids);
    }

    private Parts started() {
        Parts now = parts;
        if (now == null) {
            throw new IllegalStateException("this source was not started");
        }
        return now;
    }

    /** Revokes the token of our own login, and closes the connections. */
    @Override
    public void close() {
        Parts now = parts;
        if (now != null) {
            now.session().close(GOODBYE);
            now.client().close();
        }
    }

    @Override
    public String toString() {
        return "VaultSource[" + settings.addresses + ", " + settings.login + "]";
    }

    /** Makes a {@link VaultSource}. Not safe for concurrent use. */
    public static final class Builder {
        private final List<URI> addresses = new ArrayList<>();
        private final Map<String, VaultMount> mounts = new LinkedHashMap<>();
        private @Nullable VaultAuth auth;
        private String namespace = "";
        private @Nullable SSLContext tls;
        private @Nullable Path authorities;
        private @Nullable Path certificate;
        private @Nullable Path key;

        Builder() {}

        /**
         * Adds a server of the same cluster. The one that answered last is asked first; the others when it does not.
         *
         * @param more scheme, host and port; https, or http on this machine
         * @return this
         * @throws IllegalArgumentException if tokens must not be sent there
         */
        public Builder address(URI more) {
            addresses.add(Addresses.checked(Objects.requireNonNull(more, "address")));
            return this;
        }

        /**
         * Sets how to log in. There is no default.
         *
         * @param login the method and its credentials
         * @return this
         */
        public Builder auth(VaultAuth login) {
            auth = Objects.requireNonNull(login, "auth");
            return this;
        }

        /**
         * Sets the namespace of all secrets and of the login. Vault's community edition ignores it and serves what is in
         * the root namespace.
         *
         * @param path of the namespace; empty for the root
         * @return this
         */
        public Builder namespace(String path) {
            namespace = path.isEmpty() ? "" : VaultPaths.checkedMount(path);
            return this;
        }

        /**
         * Declares what is mounted at a path, which otherwise is asked from the server.
         *
         * @param path of the mount; may have several segments
         * @param kind what is there
         * @return this
         */
        public Builder mount(String path, VaultMount kind) {
            mounts.put(VaultPaths.checkedMount(path), Objects.requireNonNull(kind, "kind"));
            return this;
        }

        /**
         * Sets a bundle of certificates in PEM that servers are trusted by, instead of the JDK's. A changed file takes
         * effect within a second, without a restart.
         *
         * @param file one or more certificates
         * @return this
         */
        public Builder authorities(Path file) {
            authorities = Objects.requireNonNull(file, "authorities");
            return this;
        }

        /**
         * Sets the certificate that this client shows. Changed files take effect within a second.
         *
         * @param certificateFile in PEM, with its issuers behind it
         * @param keyFile its private key in PEM
         * @return this
         */
        public Builder clientCertificate(Path certificateFile, Path keyFile) {
            certificate = Objects.requireNonNull(certificateFile, "certificate");
            key = Objects.requireNonNull(keyFile, "key");
            return this;
        }

        /**
         * Sets TLS as a whole, such as a context that follows a {@code LiveSecret}.
         *
         * @param context used for all connections; host names are checked all the same
         * @return this
         */
        public Builder tls(SSLContext context) {
            tls = Objects.requireNonNull(context, "tls");
            return this;
        }

        /**
         * Returns a source; this builder stays as it is.
         *
         * @return a new source
         * @throws IllegalStateException if there is no login, or if TLS is set twice
         */
        public VaultSource build() {
            VaultAuth login = auth;
            if (login == null) {
                throw new IllegalStateException("a login is missing: auth(VaultAuth...)");
            }
            if (tls != null && (authorities != null || certificate != null)) {
                throw new IllegalStateException("TLS is set by tls(...) and by files: leave one out");
            }
            return new VaultSource(new Settings(
                    List.copyOf(addresses),
                    login.login(),
                    namespace,
                    Map.copyOf(mounts),
                    tls,
                    authorities,
                    certificate,
                    key));
        }
    }
}
