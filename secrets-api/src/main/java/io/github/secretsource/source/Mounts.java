package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.text.Guess;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which folder or file stands behind the first segment of a path. Immutable.
 *
 * @param named what was mounted under a name; absolute
 * @param root where all other names are looked up; absolute
 */
record Mounts(Map<String, Path> named, @Nullable Path root) {

    /** Where the files of a secret lie, whether or not anything is there. */
    VolumePath locate(SecretId id) {
        String path = id.path();
        int slash = path.indexOf('/');
        String name = slash < 0 ? path : path.substring(0, slash);
        Path inside = Path.of(slash < 0 ? "" : path.substring(slash + 1));
        Path mount = named.get(name);
        if (mount != null) {
            return new VolumePath(id, mount, null, inside);
        }
        if (root != null) {
            return new VolumePath(id, root.resolve(name), root, inside);
        }
        throw new SecretNotFoundException(id, "is not mounted: no volume has the name '" + name + "'", known(name));
    }

    private String known(String name) {
        String known = "configure it, or use one of " + new TreeSet<>(named.keySet());
        return Guess.nearestInAnySpelling(name, named.keySet())
                .map(near -> known + "; did you mean '" + near + "'?")
                .orElse(known);
    }

    /** What is wrong with a path before anything is looked at. */
    static Optional<String> problemWith(SecretId id) {
        if (id.path().startsWith("..") || id.path().contains("/..")) {
            return Optional.of("names that begin with '..' belong to the volume itself");
        }
        try {
            return Path.of(id.path()).isAbsolute() ? Optional.of("its path must be relative") : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.of("its path is not a file name on this system");
        }
    }
}
