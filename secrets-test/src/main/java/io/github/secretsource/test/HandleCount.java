package io.github.secretsource.test;

import io.github.secretsource.SecretEvent;
import io.github.secretsource.SecretEventListener;
import io.github.secretsource.SecretId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** How many handles on each secret are open, by what the events say. Safe for concurrent use. */
final class HandleCount implements SecretEventListener {

    private final Map<SecretId, Integer> open = new ConcurrentHashMap<>();

    @Override
    public void onEvent(SecretEvent event) {
        if (event instanceof SecretEvent.Opened) {
            open.merge(event.id(), 1, Integer::sum);
        }
        if (event instanceof SecretEvent.Closed) {
            open.merge(event.id(), -1, Integer::sum);
        }
    }

    /** The secrets with open handles, each with their number; empty text if there are none. */
    String open() {
        return open.entrySet().stream()
                .filter(count -> count.getValue() > 0)
                .map(count -> count.getKey() + " (" + count.getValue() + ")")
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
