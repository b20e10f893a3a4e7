package io.github.secretsource.vault;

import io.github.secretsource.SecretValue;
import io.github.secretsource.text.JsonNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which engine a path leads to: declared, or asked from the server once for each mount, and once more after a doubt. Where
 * the server does not say it then, it counts as what it was. Safe for concurrent use.
 */
final class Mounts {
    private static final String DECLARE = "declare what is mounted, and where: mount(path, kind), in configuration"
            + " mount.<path> = kv1, kv2 or plain";

    private final Map<String, VaultMount> declared;
    private final Map<String, VaultMount> asked = new ConcurrentHashMap<>();
    private final Set<String> doubtful = ConcurrentHashMap.newKeySet();
    private final VaultClient client;

    /**
     * A path, taken apart.
     *
     * @param path of the mount
     * @param kind what is there
     * @param rest of the path, below the mount
     * @param isNews whether the server was asked just now
     */
    record Place(String path, VaultMount kind, String rest, boolean isNews) {

        /** The path of the API that the secret is read at. */
        String readPath() {
            return path + (kind == VaultMount.KV2 ? "/data/" : "/") + rest;
        }

        Place asNews() {
            return new Place(path, kind, rest, true);
        }
    }

    Mounts(Map<String, VaultMount> declared, VaultClient client) {
        this.declared = Map.copyOf(declared);
        this.client = client;
    }

    /** The place, if it is known without asking. */
    Optional<Place> known(String path) {
        return in(declared, path).or(() -> in(asked, path).filter(place -> !doubtful.contains(place.path())));
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
        Optional<Place> before = in(asked, path).map(Place::asNews);
        if (answer.status() == 403) {
            before.ifPresent(place -> doubtful.remove(place.path()));
            return before.orElseThrow(() -> refused(path));
        }
        var data = answer.isOk() ? answer.object("data").orElse(null) : null;
        String mount = data == null ? null : mount(path, VaultAnswer.text(data, "path"));
        if (data == null || mount == null) {
            throw Refusal.unavailable(
                    "cannot be read: the server does not say what is mounted there (" + answer.status() + ")", DECLARE);
        }
        Place place = place(path, mount, kind(data)).asNews();
        before.filter(other -> !other.path().equals(place.path())).ifPresent(other -> asked.remove(other.path()));
        asked.put(place.path(), place.kind());
        doubtful.remove(place.path());
        return place;
    }

    /** Vault says this of a mount that is not there, too, to whomever. */
    private static Refusal refused(String path) {
        String mount = path.substring(0, path.indexOf('/'));
        return Refusal.denied(
                "may not be read: there is no such mount, or this token may read nothing below it",
                "check the path, and add to a policy "
                        + PolicyLine.of(PolicyLine.candidates(path).get(0), "read") + " if "
                        + mount + " is mounted as kv2, or " + PolicyLine.of(path, "read") + " if it is not; or "
                        + DECLARE);
    }

    /** It was not there, or was refused: something else may have taken its place. What was asked just now is believed. */
    void doubt(Place place) {
        if (!place.isNews() && asked.containsKey(place.path())) {
            doubtful.add(place.path());
        }
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
        return new Place(mount, kind, path.substring(mount.length() + 1), false);
    }

    /**
     * The mount as the path begins with it, or null if another was answered. The answered path of a mount in a child
     * namespace begins at the root: the namespace that the client is in stands before it, whoever chose that one.
     */
    private static @Nullable String mount(String path, @Nullable String answered) {
        String whole = "/" + (answered == null ? "" : answered.replaceFirst("/$", ""));
        String longest = null;
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
            String mount = path.substring(0, at);
            longest = whole.endsWith("/" + mount) ? mount : longest;
        }
        return longest;
    }
}
