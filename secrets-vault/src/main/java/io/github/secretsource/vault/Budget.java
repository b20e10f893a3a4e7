package io.github.secretsource.vault;

import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import java.time.Duration;
import java.util.Optional;

/** How long a call in the background may take. Safe for concurrent use. */
final class Budget implements FetchContext {
    private final Timeline timeline;
    private final long end;

    Budget(Timeline timeline, Duration limit) {
        this.timeline = timeline;
        this.end = timeline.nanos() + limit.toNanos();
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - timeline.nanos()));
    }

    @Override
    public boolean freshLogin() {
        return false;
    }

    @Override
    public Optional<String> knownVersion() {
        return Optional.empty();
    }
}
