package io.github.secretsource.config;

import io.github.secretsource.InvalidSecretRefException;
import io.github.secretsource.SecretRef;
import io.github.secretsource.spi.ConfigKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reports secrets that stand in a configuration themselves, where a reference belongs: by their keys, never by their
 * text. Used by one thread.
 */
final class Literals {

    /** What happens to a secret in the configuration. */
    enum Treatment {
        /** One line of the log for each. */
        WARN,
        /** Each is a problem like any other. */
        REFUSE,
        /** Nothing is looked at. */
        ALLOW
    }

    private final Treatment treatment;
    private final Set<String> sources;
    private final ConfigProblems problems;
    private final List<String> warnings = new ArrayList<>();

    /** Knows the sources that a reference may name. */
    Literals(Treatment treatment, Set<String> sources, ConfigProblems problems) {
        this.treatment = treatment;
        this.sources = sources;
        this.problems = problems;
    }

    /** Looks at one setting. */
    void look(String key, String name, String text, ConfigKey.Type type) {
        boolean open = type == ConfigKey.Type.TEXT || type == ConfigKey.Type.URI;
        if (!open || treatment == Treatment.ALLOW || text.isBlank() || isReference(text)) {
            return;
        }
        Optional<String> reason = LiteralSecret.reason(name, text, type == ConfigKey.Type.URI);
        if (reason.isEmpty()) {
            return;
        }
        String problem = "looks like a secret itself, since " + reason.get()
                + "; put it into a store and write a reference to it, such as file:app#token";
        if (treatment == Treatment.REFUSE) {
            problems.add(key, problem);
        } else {
            warnings.add(ConfigProblems.shown(key) + ": " + problem + ", or set secrets.literals=allow");
        }
    }

    /** Whether the text is a reference to a source that is there: a password may have a colon too. */
    private boolean isReference(String text) {
        try {
            return sources.contains(SecretRef.parse(text).id().source());
        } catch (InvalidSecretRefException e) {
            return false; // which is an answer
        }
    }

    /** Writes what was found, if anything was: the log is not touched otherwise. */
    void warn() {
        warnings.forEach(problems::warn);
    }
}
