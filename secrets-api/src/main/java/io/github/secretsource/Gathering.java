package io.github.secretsource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Many references at once: all checked before any is fetched, all fetched before any is waited for. */
final class Gathering {

    private final Engine engine;
    private final Map<String, SecretRef> refs = new LinkedHashMap<>();
    private final @Nullable Duration atMost;

    Gathering(Engine engine, Collection<String> given, @Nullable Duration atMost) {
        this.engine = engine;
        this.atMost = atMost;
        var problems = new ArrayList<String>();
        int position = 0;
        for (String ref : given) {
            position++;
            try {
                SecretRef parsed = engine.parse(ref);
                engine.check(parsed);
                refs.put(ref, parsed);
            } catch (InvalidSecretRefException e) {
                problems.add("reference " + position + ": " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidSecretRefException(problems);
        }
    }

    List<SecretId> allowedIds() {
        return refs.values().stream().map(SecretRef::id).filter(engine::allows).toList();
    }

    /** Sees to it that all are on their way, in as few calls as their sources allow. */
    void launch() {
        var together = new Departures();
        try {
            for (SecretRef ref : refs.values()) {
                engine.launch(ref.id(), together);
            }
        } finally {
            together.depart();
        }
    }

    SecretBatch run() {
        long started = engine.nanos();
        launch();
        var outcomes = new LinkedHashMap<String, Outcome<SecretValue>>();
        refs.forEach((text, ref) -> outcomes.put(text, outcome(ref, started)));
        return new SecretBatch(outcomes);
    }

    private Outcome<SecretValue> outcome(SecretRef ref, long started) {
        try {
            return Outcome.of(engine.reads().secret(ref.id(), started, atMost).value(ref));
        } catch (SecretException e) {
            return Outcome.failed(e);
        }
    }
}
