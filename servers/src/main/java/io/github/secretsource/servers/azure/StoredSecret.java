package io.github.secretsource.servers.azure;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A name and its versions, oldest first. Immutable; {@code deleted} is null for one that is not. */
record StoredSecret(
        String name, List<StoredVersion> versions, @Nullable Instant deleted) {

    StoredSecret {
        versions = List.copyOf(versions);
    }

    StoredVersion latest() {
        return versions.get(versions.size() - 1);
    }

    Optional<StoredVersion> version(String id) {
        return id.isEmpty()
                ? Optional.of(latest())
                : versions.stream().filter(one -> one.id().equals(id)).findFirst();
    }

    StoredSecret and(StoredVersion version) {
        var all = new ArrayList<>(versions);
        all.add(version);
        return new StoredSecret(name, all, null);
    }

    StoredSecret replacing(StoredVersion version) {
        return new StoredSecret(
                name,
                versions.stream()
                        .map(one -> one.id().equals(version.id()) ? version : one)
                        .toList(),
                deleted);
    }

    StoredSecret deletedAt(@Nullable Instant moment) {
        return new StoredSecret(name, versions, moment);
    }
}
