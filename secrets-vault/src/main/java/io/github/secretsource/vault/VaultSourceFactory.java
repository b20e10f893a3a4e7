package io.github.secretsource.vault;

import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SecretSourceFactory;
import io.github.secretsource.spi.SourceConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes {@link VaultSource} from configuration. Stateless and safe for concurrent use. */
public final class VaultSourceFactory implements SecretSourceFactory {

    /** Makes one; the service loader does. */
    public VaultSourceFactory() {}

    @Override
    public String kind() {
        return "vault";
    }

    @Override
    public Set<ConfigKey> keys() {
        return Set.of(
                ConfigKey.of(
                        "address",
                        ConfigKey.Type.TEXT,
                        "Scheme, host and port; several servers with a comma between them."),
                ConfigKey.of("namespace", ConfigKey.Type.TEXT, "The namespace of all secrets and of the login."),
                ConfigKey.of(
                        "environment",
                        ConfigKey.Type.FLAG,
                        "Whether the `VAULT_*` variables set what is not configured here."),
                ConfigKey.of("mount.*", ConfigKey.Type.TEXT, "What is mounted at this path: `kv1`, `kv2` or `plain`."),
                ConfigKey.of(
                        "ca-file",
                        ConfigKey.Type.PATH,
                        "Authorities in PEM, instead of the JDK's; followed when it changes."),
                ConfigKey.of(
                        "client-certificate-file",
                        ConfigKey.Type.PATH,
                        "The certificate that this client shows, in PEM."),
                ConfigKey.of("client-key-file", ConfigKey.Type.PATH, "The private key of that certificate, in PEM."),
                ConfigKey.of(
                        "auth",
                        ConfigKey.Type.TEXT,
                        "`token`, `token-file`, `app-role`, `kubernetes`, `jwt`, `userpass`, `ldap` or `certificate`."),
                ConfigKey.of("auth.mount", ConfigKey.Type.TEXT, "Where the login is mounted, without `auth/`."),
                ConfigKey.of("auth.role", ConfigKey.Type.TEXT, "The role; the role id of `app-role`."),
                ConfigKey.of("auth.user", ConfigKey.Type.TEXT, "The name of `userpass` and `ldap`."),
                ConfigKey.of(
                        "auth.credential",
                        ConfigKey.Type.REF,
                        "The token, secret id, JSON web token or password, in another source."),
                ConfigKey.of("auth.file", ConfigKey.Type.PATH, "A file with that credential, read anew at each login."),
                ConfigKey.of("auth.wrapped", ConfigKey.Type.FLAG, "Whether that credential is a wrapping token."));
    }

    @Override
    public SecretSource open(SourceConfig config) {
        VaultSource.Builder builder = builder(config);
        config.text("namespace").ifPresent(path -> named("namespace", () -> builder.namespace(path)));
        config.family("mount").forEach((path, kind) -> {
            VaultMount mount = mount(path, kind);
            named("mount." + path, () -> builder.mount(path, mount));
        });
        config.path("ca-file").ifPresent(builder::authorities);
        ConfiguredLogin.of(config).ifPresent(builder::auth);
        certificate(config, builder);
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException("auth is missing: how to log in");
        }
    }

    private static VaultSource.Builder builder(SourceConfig config) {
        String[] addresses = config.text("address").orElse("").split(",", -1);
        boolean isNamed = !addresses[0].isBlank();
        boolean asked = config.flag("environment").orElse(false);
        if (!isNamed && !asked) {
            throw new IllegalArgumentException("address is missing");
        }
        if (!isNamed) {
            return VaultSource.fromEnvironment();
        }
        var builder = new VaultSource.Builder();
        for (String address : addresses) {
            builder.address(uri(address.strip()));
        }
        return asked ? VaultEnvironment.added(builder, System.getenv()) : builder;
    }

    private static URI uri(String address) {
        try {
            return URI.create(address);
        } catch (IllegalArgumentException e) { // its message quotes the address, which may hold a password
            throw new IllegalArgumentException("address is malformed");
        }
    }

    private static VaultMount mount(String path, String kind) {
        for (VaultMount one : VaultMount.values()) {
            if (one.text().equals(kind.toLowerCase(Locale.ROOT))) {
                return one;
            }
        }
        throw new IllegalArgumentException("mount." + path + " must be kv1, kv2 or plain");
    }

    private static void certificate(SourceConfig config, VaultSource.Builder builder) {
        Optional<Path> certificate = config.path("client-certificate-file");
        Optional<Path> key = config.path("client-key-file");
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("client-key-file and the file that the key is for go together");
        }
        boolean isLogin = config.text("auth").filter("certificate"::equals).isPresent();
        boolean isElsewhere =
                config.flag("environment").orElse(false) && VaultEnvironment.namesCertificate(System.getenv());
        if (isLogin && key.isEmpty() && !isElsewhere) {
            throw new IllegalArgumentException(
                    "client-key-file is missing, and the file that the key is for: they are this login");
        }
        certificate.ifPresent(file -> builder.clientCertificate(file, key.orElseThrow()));
    }

    /** What is wrong is told of a key; the words of the builder are about its own methods. */
    static <T> T named(String key, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage());
        }
    }
}
