package io.github.secretsource.vault;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretRef;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The login that configuration describes. A message with a value in it is not shown, and names of logins are values: none
 * says one. Stateless.
 */
final class ConfiguredLogin {
    private static final String MOUNT = "auth.mount";
    private static final String ROLE = "auth.role";
    private static final String USER = "auth.user";
    private static final String CREDENTIAL = "auth.credential";
    private static final String FILE = "auth.file";
    private static final String WRAPPED = "auth.wrapped";
    private static final List<String> KEYS = List.of(MOUNT, ROLE, USER, CREDENTIAL, FILE, WRAPPED);

    /** What belongs to each login. */
    private static final Map<String, Set<String>> KEYS_OF = Map.of(
            "token", Set.of(CREDENTIAL, FILE, WRAPPED),
            "token-file", Set.of(FILE, WRAPPED),
            "app-role", Set.of(MOUNT, ROLE, CREDENTIAL, FILE, WRAPPED),
            "kubernetes", Set.of(MOUNT, ROLE, FILE, WRAPPED),
            "jwt", Set.of(MOUNT, ROLE, CREDENTIAL, FILE, WRAPPED),
            "userpass", Set.of(MOUNT, USER, CREDENTIAL, FILE, WRAPPED),
            "ldap", Set.of(MOUNT, USER, CREDENTIAL, FILE, WRAPPED),
            "certificate", Set.of(MOUNT, ROLE));

    private ConfiguredLogin() {}

    /**
     * Returns the login, if one is configured.
     *
     * @throws IllegalArgumentException if a key is missing, or does not belong to it
     */
    static Optional<VaultAuth> of(SourceConfig config) {
        Optional<String> kind = config.text("auth");
        if (kind.isEmpty()) {
            refuse(config, Set.of(), "has no meaning without auth, which is missing");
            return Optional.empty();
        }
        Set<String> keys = KEYS_OF.get(kind.get());
        if (keys == null) {
            throw new IllegalArgumentException("auth names no login that there is; docs/vault.md lists them");
        }
        refuse(config, keys, "does not belong to this login; docs/vault.md lists what does");
        VaultAuth auth = login(kind.get(), config);
        Optional<String> mount = config.text(MOUNT);
        VaultAuth there = mount.isEmpty() ? auth : VaultSourceFactory.named(MOUNT, () -> auth.at(mount.get()));
        boolean wrapped = config.flag(WRAPPED).orElse(false);
        return Optional.of(wrapped ? VaultSourceFactory.named(WRAPPED, there::wrapped) : there);
    }

    private static void refuse(SourceConfig config, Set<String> keys, String why) {
        for (String key : KEYS) {
            if (!keys.contains(key) && config.text(key).isPresent()) {
                throw new IllegalArgumentException(key + " " + why);
            }
        }
    }

    private static VaultAuth login(String kind, SourceConfig config) {
        return switch (kind) {
            case "token" -> VaultAuth.token(credential(config));
            case "token-file" -> VaultAuth.tokenFile(config.path(FILE).orElseThrow(() -> missing(FILE)));
            case "app-role" ->
                hasCredential(config)
                        ? VaultAuth.appRole(required(config, ROLE), credential(config))
                        : VaultAuth.appRole(required(config, ROLE));
            case "kubernetes" ->
                config.path(FILE)
                        .map(file -> VaultAuth.kubernetes(required(config, ROLE), file))
                        .orElseGet(() -> VaultAuth.kubernetes(required(config, ROLE)));
            case "jwt" -> VaultAuth.jwt(required(config, ROLE), credential(config));
            case "userpass" -> VaultAuth.userpass(user(config), credential(config));
            case "ldap" -> VaultAuth.ldap(user(config), credential(config));
            default -> VaultAuth.certificate(config.text(ROLE).orElse(""));
        };
    }

    private static String user(SourceConfig config) {
        String user = required(config, USER);
        return VaultSourceFactory.named(USER, () -> VaultAuth.segment(user, "it"));
    }

    private static boolean hasCredential(SourceConfig config) {
        return config.text(CREDENTIAL).isPresent() || config.path(FILE).isPresent();
    }

    private static Credential credential(SourceConfig config) {
        Optional<SecretRef> ref = config.ref(CREDENTIAL);
        Optional<Path> file = config.path(FILE);
        if (ref.isPresent() == file.isPresent()) {
            throw new IllegalArgumentException("auth.credential or auth.file must say where the credential is");
        }
        return file.isPresent() ? Credential.in(file.get()) : elsewhere(config, ref.orElseThrow());
    }

    /** Fetched anew at each login; the source named is the application's. */
    private static Credential elsewhere(SourceConfig config, SecretRef ref) {
        SecretId id = ref.id();
        SecretSource source = config.source(id.source());
        return Credential.from(call -> Secret.of(id, source.fetch(id, call)).value(ref));
    }

    private static String required(SourceConfig config, String key) {
        return config.text(key).orElseThrow(() -> missing(key));
    }

    private static IllegalArgumentException missing(String key) {
        return new IllegalArgumentException(key + " is missing");
    }
}
