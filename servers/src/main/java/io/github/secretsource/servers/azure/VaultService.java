package io.github.secretsource.servers.azure;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** One vault over HTTP: who calls, what for, whether it is allowed. */
final class VaultService {
    static final Pattern NAME = Pattern.compile("[0-9a-zA-Z-]{1,127}");
    private static final Pattern VERSION = Pattern.compile("[0-9a-f]{32}");
    private static final Set<String> API_VERSIONS =
            Set.of("2016-10-01", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6", "2025-07-01");

    private final SecretStore store;
    private final Grants grants;
    private final Tokens tokens;
    private final Faults faults;

    VaultService(SecretStore store, Grants grants, Tokens tokens, Faults faults) {
        this.store = store;
        this.grants = grants;
        this.tokens = tokens;
        this.faults = faults;
    }

    Answer answer(Call call) {
        AzureIdentity caller = tokens.caller(call);
        checkVersion(call.query("api-version"));
        faults.strike(call);
        List<String> parts = parts(call.path());
        String what = call.method() + " " + parts.get(0) + " " + parts.size();
        String name = parts.size() > 1 ? checkedName(parts.get(1)) : "";
        return switch (what) {
            case "GET secrets 1" -> list(call, caller);
            case "GET secrets 2" -> get(call, caller, name, "");
            case "GET secrets 3" ->
                parts.get(2).equals("versions")
                        ? versions(call, caller, name)
                        : get(call, caller, name, checkedVersion(parts.get(2)));
            case "PUT secrets 2" -> set(call, caller, name);
            case "PATCH secrets 2" -> update(call, caller, name, "");
            case "PATCH secrets 3" -> update(call, caller, name, checkedVersion(parts.get(2)));
            case "DELETE secrets 2" -> delete(call, caller, name);
            case "GET deletedsecrets 1" -> listDeleted(call, caller);
            case "GET deletedsecrets 2" -> getDeleted(call, caller, name);
            case "DELETE deletedsecrets 2" -> purge(caller, name);
            case "POST deletedsecrets 3" -> recover(call, caller, name);
            default -> Answer.error(501, "NotKnownToTheFake", "The fake does not answer " + what + ".", "");
        };
    }

    private Answer get(Call call, AzureIdentity caller, String name, String version) {
        grants.check(caller, SecretAction.GET, name);
        StoredVersion found = store.find(name, version);
        if (!found.content().enabled()) {
            throw Refusal.of(403, "Forbidden", "A disabled secret cannot be read.", "SecretDisabled");
        }
        return bundle(call, name, found);
    }

    private Answer list(Call call, AzureIdentity caller) {
        grants.check(caller, SecretAction.LIST, "");
        return Answer.of(
                200,
                Page.of(
                        call,
                        store.all(),
                        secret -> SecretJson.item(call.base(), secret.name(), secret.latest(), false)));
    }

    private Answer versions(Call call, AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.LIST, name);
        StoredSecret secret = store.find(name);
        // The service promises no order; this one does not put the latest last.
        var versions = new ArrayList<>(secret.versions());
        Collections.reverse(versions);
        return Answer.of(200, Page.of(call, versions, one -> SecretJson.item(call.base(), secret.name(), one, true)));
    }

    private Answer set(Call call, AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.SET, name);
        JsonObject body = SecretJson.parsed(call.body());
        if (!(body.get("value") instanceof JsonString value)) {
            throw Refusal.of(400, "BadParameter", "The property value is missing.");
        }
        StoredSecret secret = store.put(name, SecretJson.changed(AzureSecret.of(value.getString()), body), false);
        return bundle(call, secret.name(), secret.latest());
    }

    private Answer update(Call call, AzureIdentity caller, String name, String version) {
        grants.check(caller, SecretAction.UPDATE, name);
        JsonObject body = SecretJson.parsed(call.body());
        StoredVersion changed = store.change(name, version, old -> SecretJson.changed(old, body));
        return Answer.of(200, SecretJson.item(call.base(), name, changed, true).build());
    }

    private Answer delete(Call call, AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.DELETE, name);
        return deleted(call, store.delete(name));
    }

    private Answer listDeleted(Call call, AzureIdentity caller) {
        grants.check(caller, SecretAction.LIST, "");
        return Answer.of(
                200,
                Page.of(
                        call,
                        store.allDeleted(),
                        secret -> SecretJson.deleted(call.base(), secret, moment(secret), false)));
    }

    private Answer getDeleted(Call call, AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.LIST, name);
        return deleted(call, store.findDeleted(name));
    }

    private Answer purge(AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.PURGE, name);
        store.purge(name);
        return Answer.empty(204);
    }

    private Answer recover(Call call, AzureIdentity caller, String name) {
        grants.check(caller, SecretAction.RECOVER, name);
        StoredSecret secret = store.recover(name);
        return Answer.of(
                200,
                SecretJson.item(call.base(), secret.name(), secret.latest(), true)
                        .build());
    }

    private static Answer bundle(Call call, String name, StoredVersion version) {
        return Answer.of(200, SecretJson.bundle(call.base(), name, version).build());
    }

    private static Answer deleted(Call call, StoredSecret secret) {
        return Answer.of(
                200,
                SecretJson.deleted(call.base(), secret, moment(secret), true).build());
    }

    private static Instant moment(StoredSecret secret) {
        return Objects.requireNonNull(secret.deleted());
    }

    /** The parts between slashes; one that ends the path without a part after it counts for nothing. */
    private static List<String> parts(String path) {
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return List.of(trimmed.substring(Math.min(1, trimmed.length())).split("/", -1));
    }

    private static void checkVersion(String apiVersion) {
        if (!API_VERSIONS.contains(apiVersion)) {
            throw Refusal.of(400, "BadParameter", "The parameter api-version is missing or not known: " + apiVersion);
        }
    }

    private static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Refusal.of(400, "BadParameter", "The address has an invalid name: " + name);
        }
        return name;
    }

    private static String checkedVersion(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw Refusal.of(400, "BadParameter", "The address has an invalid version: " + version);
        }
        return version;
    }
}
