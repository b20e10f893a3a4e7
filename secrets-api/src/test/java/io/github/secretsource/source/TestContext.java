package io.github.secretsource.source;

import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SourceContext;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/** What the engine would hand to a source, for tests of sources on their own. */
record TestContext(Timeline timeline, Duration remaining, boolean freshLogin) implements FetchContext, SourceContext {

    static TestContext of(Timeline timeline) {
        return new TestContext(timeline, Duration.ofSeconds(3), false);
    }

    static TestContext real() {
        return of(Timeline.system());
    }

    TestContext withFreshLogin() {
        return new TestContext(timeline, remaining, true);
    }

    TestContext withRemaining(Duration rest) {
        return new TestContext(timeline, rest, freshLogin);
    }

    @Override
    public Optional<String> knownVersion() {
        return Optional.empty();
    }

    @Override
    public String name() {
        return "test";
    }

    @Override
    public Executor executor() {
        return Runnable::run;
    }

    @Override
    public Subscription every(Duration period, Runnable task) {
        return Subscription.NONE;
    }

    @Override
    public void leasesInDoubt() {}
}
