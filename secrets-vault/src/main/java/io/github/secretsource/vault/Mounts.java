package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.text.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which engine a path leads to: declared, or asked from the server once for each mount. Safe for concurrent use. */
final class Mounts {
    private final Map<String, VaultMount> declared;
    private final Map<String, VaultMount> asked = new ConcurrentHashMap<>();
    private final VaultClient client;

    /**
     * A path, taken apart.
     *
     * @param path of the mount
     * @param kind what is there
     * @param rest of the path, below the mount
     */
    record Place(String path, VaultMount kind, String rest) {

        /** The path of the API that the secret is read at. */
        String readPath() {
            return path + (kind == VaultMount.KV2 ? "/data/" : "/") + rest;
        }
    }

    Mounts(Map<String, VaultMount> declared, VaultClient client) {
        this.declared = Map.copyOf(declared);
        this.client = client;
    }

    /** The place, if it is known without asking. */
    Optional<Place> known(String path) {
        Optional<Place> place = in(declared, path);
        return place.isPresent() ? place : in(asked, path);
    }

    /**
     * Returns the place that a path leads to.
     *
     * @throws Refusal if the server does not say
     */
    Place of(String path, Token token, long deadline) throws Refusal {
        Optional<Place> known = known(path);
        if (known.isPresent()) {
            return known.get();
        }
        var request = VaultRequest.get("sys/internal/ui/mounts/" + path).token(token.value());
        VaultAnswer answer = client.send(request, deadline);
        if (answer.status() == 403) {
            throw Refusal.denied(
                    "may not be read: there is no such mount, or this token may read nothing below it",
                    "let a policy read the secret, or declare the mount: " + "mount(\"" + first(path)
                            + "\", VaultMount.KV2)");
        }
        var data = answer.isOk() ? answer.object("data").orElse(null) : null;
        String mount = data == null ? null : VaultAnswer.text(data, "path");
        if (data == null || mount == null || !VaultPaths.isBelow(path, trimmed(mount))) {
            throw Refusal.unavailable(
                    "cannot be read: the server does not say what is mounted there (" + answer.status() + ")",
                    "declare the mount: mount(\"" + first(path) + "\", VaultMount.KV2)");
        }
        var place = place(path, trimmed(mount), kind(data));
        asked.put(place.path(), place.kind()); // Another thread may forget it at once.
        return place;
    }

    /** It was not there: ask again next time. */
    void forget(Place place) {
        asked.remove(place.path());
    }

    private static VaultMount kind(JsonNode.Branch<SecretValue> data) {
        String type = String.valueOf(VaultAnswer.text(data, "type"));
        if (!type.equals("kv") && !type.equals("generic")) {
            return VaultMount.PLAIN;
        }
        String version = VaultAnswer.object(data, "options")
                .map(options -> VaultAnswer.text(options, "version"))
                .orElse("1");
        return "2".equals(version) ? VaultMount.KV2 : VaultMount.KV1;
    }

    private static Optional<Place> in(Map<String, VaultMount> mounts, String path) {
        String longest = "";
        for (String mount : mounts.keySet()) {
            if (VaultPaths.isBelow(path, mount) && mount.length() > longest.length()) {
                longest = mount;
            }
        }
        VaultMount kind = mounts.get(longest);
        return kind == null ? Optional.empty() : Optional.of(place(path, longest, kind));
    }

    private static Place place(String path, String mount, VaultMount kind) {
        return new Place(mount, kind, path.substring(mount.length() + 1));
    }

    private static String trimmed(String mount) {
        return mount.endsWith("/") ? mount.substring(0, mount.length() - 1) : mount;
    }

    private static String first(String path) {
        return path.substring(0, path.indexOf('/'));
    }
}
