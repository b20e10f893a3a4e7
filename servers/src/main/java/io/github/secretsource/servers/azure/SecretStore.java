package io.github.secretsource.servers.azure;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

/** The secrets of one vault, names without regard to case; refuses what the service would. Safe for concurrent use. */
final class SecretStore {
    private static final int LONGEST_VALUE = 25_600;

    private final ServiceClock clock;
    private final ConcurrentSkipListMap<String, StoredSecret> secrets = new ConcurrentSkipListMap<>();

    SecretStore(ServiceClock clock) {
        this.clock = clock;
    }

    /** Adds a version, which is the latest from then on. */
    StoredSecret put(String name, AzureSecret content, boolean managed) {
        if (content.value().length() > LONGEST_VALUE) {
            throw Refusal.of(400, "BadParameter", "The value is longer than " + LONGEST_VALUE + " characters.");
        }
        String id = UUID.randomUUID().toString().replace("-", "");
        var version = new StoredVersion(id, content, clock.now(), clock.now(), managed);
        return secrets.merge(
                key(name),
                new StoredSecret(name, List.of(version), null),
                (old, unused) -> usable(old).and(version));
    }

    StoredSecret find(String name) {
        return Optional.ofNullable(secrets.get(key(name)))
                .filter(secret -> secret.deleted() == null)
                .orElseThrow(() -> notFound(name));
    }

    /** The version of this id, the latest for no characters. */
    StoredVersion find(String name, String version) {
        return find(name).version(version).orElseThrow(() -> notFound(name));
    }

    StoredSecret findDeleted(String name) {
        return Optional.ofNullable(secrets.get(key(name)))
                .filter(secret -> secret.deleted() != null)
                .orElseThrow(() -> Refusal.of(404, "SecretNotFound", "There is no deleted secret " + name + "."));
    }

    /** All that are not deleted, by name. */
    List<StoredSecret> all() {
        return secrets.values().stream().filter(one -> one.deleted() == null).toList();
    }

    /** All that are deleted, by name. */
    List<StoredSecret> allDeleted() {
        return secrets.values().stream().filter(one -> one.deleted() != null).toList();
    }

    StoredVersion change(String name, String version, UnaryOperator<AzureSecret> change) {
        StoredVersion old = find(name, version);
        StoredVersion changed = old.changed(change.apply(old.content()), clock.now());
        replace(name, secret -> secret.replacing(changed));
        return changed;
    }

    StoredSecret delete(String name) {
        find(name);
        return replace(name, secret -> secret.deletedAt(clock.now()));
    }

    StoredSecret recover(String name) {
        findDeleted(name);
        return replace(name, secret -> secret.deletedAt(null));
    }

    void purge(String name) {
        findDeleted(name);
        secrets.remove(key(name));
    }

    private StoredSecret replace(String name, UnaryOperator<StoredSecret> change) {
        return Optional.ofNullable(secrets.computeIfPresent(key(name), (key, secret) -> change.apply(secret)))
                .orElseThrow(() -> notFound(name));
    }

    private static StoredSecret usable(StoredSecret secret) {
        if (secret.deleted() != null) {
            throw Refusal.of(
                    409,
                    "Conflict",
                    "Secret " + secret.name() + " is deleted and can be recovered; its name cannot be used.",
                    "ObjectIsDeletedButRecoverable");
        }
        return secret;
    }

    private static Refusal notFound(String name) {
        return Refusal.of(404, "SecretNotFound", "There is no secret with the name or version " + name + ".");
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
