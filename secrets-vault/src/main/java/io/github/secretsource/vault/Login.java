package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.FetchContext;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One way to come by a token. Immutable but for what was unwrapped; prints its kind and mount.
 *
 * @param kind as configuration names it
 * @param mount where the method is, without {@code auth/}; empty for a token that is given
 * @param path below the mount
 * @param fields of the request that are no secrets
 * @param secretField of the credential; empty if there is none
 * @param credential read at each login
 * @param wrapping what to unwrap the credential with, or null
 */
record Login(
        String kind,
        String mount,
        String path,
        Map<String, String> fields,
        String secretField,
        @Nullable Credential credential,
        @Nullable Unwrapping wrapping) {

    static Login of(
            String kind,
            String mount,
            String path,
            Map<String, String> fields,
            String secretField,
            @Nullable Credential credential) {
        return new Login(kind, mount, path, fields, secretField, credential, null);
    }

    static Login token(String kind, Credential token) {
        return new Login(kind, "", "", Map.of(), "token", token, null);
    }

    Login at(String otherMount) {
        if (isToken()) {
            throw new IllegalStateException("a token that is given has no mount");
        }
        return new Login(kind, otherMount, path, fields, secretField, credential, wrapping);
    }

    Login unwrapping() {
        if (credential == null) {
            throw new IllegalStateException("this login has no credential that could be wrapped");
        }
        return new Login(kind, mount, path, fields, secretField, credential, new Unwrapping());
    }

    /** Whether a token is given, instead of asked for. */
    boolean isToken() {
        return mount.isEmpty();
    }

    /** Whether the server asks others whom to let in, such as an identity provider: while they are down it says 400. */
    boolean asksOthers() {
        return kind.equals("jwt") || kind.equals("ldap");
    }

    /** The credential as it is now, unwrapped if it must be. */
    SecretValue secret(VaultClient client, FetchContext context) throws Refusal {
        if (credential == null) {
            throw new IllegalStateException("no credential");
        }
        SecretValue secret = credential.read(context);
        return wrapping == null
                ? secret
                : wrapping.unwrapped(secret, isToken() ? "" : secretField, client, client.deadline(context));
    }

    VaultRequest request(VaultClient client, FetchContext context) throws Refusal {
        var all = new TreeMap<>(fields);
        if (credential != null) {
            all.put(secretField, secret(client, context).reveal());
        }
        return VaultRequest.post("auth/" + mount + "/" + path, all);
    }

    @Override
    public String toString() {
        return isToken() ? kind : kind + " at auth/" + mount;
    }
}
