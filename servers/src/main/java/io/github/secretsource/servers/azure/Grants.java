package io.github.secretsource.servers.azure;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who may do what in one vault. A scope is the name of a secret in lower case, or no characters for the vault. */
final class Grants {
    private static final String VAULT = "";

    private final String vault;
    private final Set<Grant> grants = ConcurrentHashMap.newKeySet();
    private final Set<Denial> denials = ConcurrentHashMap.newKeySet();

    private record Grant(String clientId, String scope, boolean everything) {}

    private record Denial(String clientId, String scope) {}

    Grants(String vault) {
        this.vault = vault;
    }

    void grantEverything(AzureIdentity identity) {
        grants.add(new Grant(identity.clientId(), VAULT, true));
    }

    /** Reading and, in the scope of the vault, listing. */
    void grant(AzureIdentity identity, String name) {
        grants.add(new Grant(identity.clientId(), scope(name), false));
    }

    void deny(AzureIdentity identity, String name) {
        denials.add(new Denial(identity.clientId(), scope(name)));
    }

    void allow(AzureIdentity identity, String name) {
        denials.remove(new Denial(identity.clientId(), scope(name)));
    }

    /** Refuses unless it is granted and not denied; the name is no characters for a list. */
    void check(AzureIdentity identity, SecretAction action, String name) {
        if (isDenied(identity, VAULT) || isDenied(identity, scope(name)) || !isGranted(identity, action, scope(name))) {
            throw Refusal.of(
                    403,
                    "Forbidden",
                    "The caller has no role for the action.\nCaller: appid=" + identity.clientId() + ";oid="
                            + identity.objectId() + "\nAction: '" + action + "'\nResource: 'vaults/" + vault
                            + "/secrets/" + name + "'",
                    "ForbiddenByRbac");
        }
    }

    private boolean isDenied(AzureIdentity identity, String scope) {
        return denials.contains(new Denial(identity.clientId(), scope));
    }

    private boolean isGranted(AzureIdentity identity, SecretAction action, String scope) {
        boolean reads = action == SecretAction.GET || action == SecretAction.LIST;
        String caller = identity.clientId();
        return grants.contains(new Grant(caller, VAULT, true))
                || (reads && grants.contains(new Grant(caller, VAULT, false)))
                || (reads && !scope.isEmpty() && grants.contains(new Grant(caller, scope, false)));
    }

    private static String scope(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
