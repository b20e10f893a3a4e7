package io.github.secretsource;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What became of many references asked for at once. Immutable and safe for concurrent use; prints no value.
 */
public final class SecretBatch {

    private final Map<String, Outcome<SecretValue>> outcomes;

    SecretBatch(Map<String, Outcome<SecretValue>> outcomes) {
        this.outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    }

    /**
     * Returns one outcome per reference, in the order asked.
     *
     * @return reference as given to its outcome; unmodifiable
     */
    public Map<String, Outcome<SecretValue>> outcomes() {
        return outcomes;
    }

    /**
     * Returns the references that failed.
     *
     * @return reference as given to its problem; unmodifiable, empty if all succeeded
     */
    public Map<String, SecretException> problems() {
        var problems = new LinkedHashMap<String, SecretException>();
        outcomes.forEach((ref, outcome) -> outcome.problem().ifPresent(problem -> problems.put(ref, problem)));
        return Collections.unmodifiableMap(problems);
    }

    /**
     * Returns all values, if there are all.
     *
     * @return reference as given to its value; unmodifiable
     * @throws SecretException the first problem, if there is one
     */
    public Map<String, SecretValue> orThrow() {
        var values = new LinkedHashMap<String, SecretValue>();
        outcomes.forEach((ref, outcome) -> values.put(ref, outcome.get()));
        return Collections.unmodifiableMap(values);
    }

    @Override
    public String toString() {
        return "SecretBatch[" + outcomes.size() + " references, " + problems().size() + " problems]";
    }
}
