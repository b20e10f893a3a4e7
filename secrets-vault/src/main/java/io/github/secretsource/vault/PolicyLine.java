package io.github.secretsource.vault;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Lines of policies, as they are pasted. Stateless. */
final class PolicyLine {
    private PolicyLine() {}

    /**
     * The line that grants a capability on one path. A policy takes the segment {@code +} for any segment, and has no way
     * to mean that one: the line is a comment then.
     */
    static String of(String path, String capability) {
        boolean isPattern = Arrays.asList(path.split("/", -1)).contains("+");
        return isPattern
                ? "# rename " + path + ": a policy that names it grants whatever stands in the place of +"
                : "path \"" + path + "\" { capabilities = [\"" + capability + "\"] }";
    }

    /** The paths that a secret may be read at, if it is not known what is mounted: with versions, or without. */
    static List<String> candidates(String path) {
        var candidates = new ArrayList<String>();
        for (int at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
            candidates.add(path.substring(0, at) + "/data" + path.substring(at));
        }
        candidates.add(path);
        return candidates;
    }
}
