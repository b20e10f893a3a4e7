package io.github.secretsource.source;

import io.github.secretsource.spi.SecretSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A source made of others. What happens once in a source's life passes through here, so that it happens once. */
interface Composed {

    /** The sources it is made of. */
    List<SecretSource> parts();

    /** Returns the sources at the end of every branch, each once, however many branches lead to it. */
    static List<SecretSource> leaves(Composed whole) {
        var leaves = new ArrayList<SecretSource>();
        collect(whole, leaves, Collections.newSetFromMap(new IdentityHashMap<>()));
        return leaves;
    }

    private static void collect(Composed whole, List<SecretSource> leaves, Set<SecretSource> seen) {
        for (SecretSource part : whole.parts()) {
            if (part instanceof Composed composed) {
                collect(composed, leaves, seen);
            } else if (seen.add(part)) {
                leaves.add(part);
            }
        }
    }

    /** Does something to every leaf, even if it fails for one; the first exception is thrown at the end. */
    static void each(Composed whole, Consumer<SecretSource> action) {
        var problems = new ArrayList<RuntimeException>();
        for (SecretSource leaf : leaves(whole)) {
            try {
                action.accept(leaf);
            } catch (RuntimeException e) {
                problems.add(e);
            }
        }
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
    }
}
