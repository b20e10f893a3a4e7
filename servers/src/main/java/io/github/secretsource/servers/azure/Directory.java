package io.github.secretsource.servers.azure;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The tenant and its applications. */
final class Directory {
    private final String tenant = UUID.randomUUID().toString();
    private final Map<String, AzureIdentity> identities = new ConcurrentHashMap<>();

    String tenant() {
        return tenant;
    }

    AzureIdentity register(String name) {
        var identity = new AzureIdentity(name);
        identities.put(identity.clientId(), identity);
        return identity;
    }

    Optional<AzureIdentity> find(String clientId) {
        return Optional.ofNullable(identities.get(clientId));
    }
}
