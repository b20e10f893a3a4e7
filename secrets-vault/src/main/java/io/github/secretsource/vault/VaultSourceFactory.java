package io.github.secretsource.vault;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretRef;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.SecretData;
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
        certificate(config, builder);
        auth(config).ifPresent(builder::auth);
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
        certificate.ifPresent(file -> builder.clientCertificate(file, key.orElseThrow()));
    }

    private static Optional<VaultAuth> auth(SourceConfig config) {
        Optional<String> kind = config.text("auth");
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        VaultAuth auth = switch (kind.get()) {
            case "token" -> VaultAuth.token(credential(config));
            case "token-file" -> VaultAuth.tokenFile(config.path("auth.file").orElseThrow(() -> missing("auth.file")));
            case "app-role" ->
                hasCredential(config)
                        ? VaultAuth.appRole(required(config, "auth.role"), credential(config))
                        : VaultAuth.appRole(required(config, "auth.role"));
            case "kubernetes" ->
                config.path("auth.file")
                        .map(file -> VaultAuth.kubernetes(required(config, "auth.role"), file))
                        .orElseGet(() -> VaultAuth.kubernetes(required(config, "auth.role")));
            case "jwt" -> VaultAuth.jwt(required(config, "auth.role"), credential(config));
            case "userpass" -> VaultAuth.userpass(user(config), credential(config));
            case "ldap" -> VaultAuth.ldap(user(config), credential(config));
            case "certificate" -> VaultAuth.certificate(config.text("auth.role").orElse(""));
            default ->
                throw new IllegalArgumentException("auth must be token, token-file, app-role,"
                        + " kubernetes, jwt, userpass, ldap or certificate");
        };
        Optional<String> mount = config.text("auth.mount");
        VaultAuth there = mount.isEmpty() ? auth : named("auth.mount", () -> auth.at(mount.get()));
        return Optional.of(config.flag("auth.wrapped").orElse(false) ? named("auth.wrapped", there::wrapped) : there);
    }

    private static String user(SourceConfig config) {
        String user = required(config, "auth.user");
        return named("auth.user", () -> VaultAuth.segment(user, "it"));
    }

    /** What is wrong is told of a key; the words of the builder are about its own methods. */
    private static <T> T named(String key, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage());
        }
    }

    private static boolean hasCredential(SourceConfig config) {
        return config.text("auth.credential").isPresent()
                || config.path("auth.file").isPresent();
    }

    private static Credential credential(SourceConfig config) {
        Optional<SecretRef> ref = config.ref("auth.credential");
        Optional<Path> file = config.path("auth.file");
        if (ref.isPresent() == file.isPresent()) {
            throw new IllegalArgumentException("auth.credential or auth.file must say where the credential is");
        }
        return file.isPresent() ? Credential.in(file.get()) : elsewhere(config, ref.orElseThrow());
    }

    /** Fetched anew at each login; the source named is the application's. */
    private static Credential elsewhere(SourceConfig config, SecretRef ref) {
        SecretId id = ref.id();
        SecretSource source = config.source(id.source());
        return Credential.from(call -> {
            SecretData data = source.fetch(id, call);
            SecretValue value = ref.field()
                    .map(field -> data.fields().get(field))
                    .or(data::value)
                    .orElse(null);
            if (value == null) {
                throw Refusal.unavailable(
                        "cannot be read: the credential of the login, " + ref + ", is not there", "name its field");
            }
            return value;
        });
    }

    private static String required(SourceConfig config, String key) {
        return config.text(key).orElseThrow(() -> missing(key));
    }

    private static IllegalArgumentException missing(String key) {
        return new IllegalArgumentException(key + " is missing");
    }
}
