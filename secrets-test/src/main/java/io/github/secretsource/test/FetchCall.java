package io.github.secretsource.test;

import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import java.time.Duration;
import java.util.Optional;

/** What a fetch by the kit may know, in real time. */
record FetchCall(long deadline, boolean freshLogin, Optional<String> knownVersion) implements FetchContext {

    /** The deadline that the engine gives unless told otherwise, longer for the slow machines that tests run on. */
    private static final Duration USUAL = Duration.ofSeconds(10);

    static FetchCall usual() {
        return within(USUAL);
    }

    static FetchCall within(Duration limit) {
        return new FetchCall(Timeline.system().after(limit), false, Optional.empty());
    }

    FetchCall loggingIn() {
        return new FetchCall(deadline, true, knownVersion);
    }

    FetchCall knowing(String version) {
        return new FetchCall(deadline, freshLogin, Optional.of(version));
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - Timeline.system().nanos()));
    }
}
