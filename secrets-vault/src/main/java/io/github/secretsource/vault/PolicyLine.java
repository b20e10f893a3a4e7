package io.github.secretsource.vault;

import java.util.Arrays;

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
}
