package io.github.secretsource;

import io.github.secretsource.Flight.Landing;
import java.time.Duration;
import java.util.Objects;

/** Decides what the answer to a flight means for its secret and its source. Under the keeper's lock. */
final class Settlement {

    private final Keeper keeper;
    private final Engine engine;
    private final Lane lane;
    private final Standing standing;
    private final Calls calls;
    private final Watching watching;
    private final Usage usage;

    Settlement(Keeper keeper, Engine engine, Standing standing, Calls calls, Watching watching, Usage usage) {
        this.keeper = keeper;
        this.engine = engine;
        this.lane = keeper.lane();
        this.standing = standing;
        this.calls = calls;
        this.watching = watching;
        this.usage = usage;
    }

    /** Takes the answer in; returns what those get who wait for it. */
    Landing of(Flight flown, Answer answer, long now, News news) {
        if (lane.turnstile().answered(flown, answer.problem(), now)) {
            news.sourceIsBack();
        }
        if (engine.events().wanted() && flown.calls()) {
            var took = Duration.ofNanos(now - flown.sent());
            news.events().add(new SecretEvent.Fetched(keeper.id(), engine.now(), took, answer.problem()));
        }
        boolean served = standing.isServed();
        Landing landing = decided(flown, answer, now, news);
        if (standing.isLeased()) {
            leased(flown, served, now);
        } else if (standing.wasSuspectedSince(flown.sent())
                && !standing.schedule().isFailing()) {
            standing.schedule().by(now);
        }
        if (usage.wasPushedOut()) {
            news.used();
        }
        return landing;
    }

    /** A hint would have it fetched, and each fetch is another lease. Nobody has read one that took another's place. */
    private void leased(Flight flown, boolean served, long now) {
        watching.stop();
        if (served && !flown.renews()) {
            usage.forgetReads();
        }
        if (standing.wasSuspectedSince(flown.sent())) {
            standing.schedule().by(now + Plan.SECOND);
        }
        LeaseRoom room = standing.room();
        if (!usage.isHeld() && room != null) {
            standing.schedule().at(room.whenUnheld(usage, now));
            if (!flown.renews()) {
                usage.forgetReads(); // What counts from here on is whether it goes on being read.
            }
        }
    }

    private Landing decided(Flight flown, Answer answer, long now, News news) {
        LeaseTerms lease = answer.lease();
        if (answer.data() != null && lease != null && lease.isOver(flown.sent(), now)) {
            return failed(flown, endedOnItsWay(), now, news);
        }
        if (answer.data() != null) {
            Landing landing = standing.succeeded(flown, answer, now, news.events());
            if (news.hasNewContent()) {
                calls.contentChanged();
            }
            return landing;
        }
        return lease != null
                ? standing.renewed(flown, lease, now, news.events())
                : failed(flown, Objects.requireNonNull(answer.problem()), now, news);
    }

    private Landing failed(Flight flown, SecretException failure, long now, News news) {
        return flown.renews()
                ? standing.renewalFailed(failure, now, news.events())
                : standing.failed(flown, failure, now, usage.isHeld(), news.events());
    }

    private SecretException endedOnItsWay() {
        return new SecretUnavailableException(
                keeper.id(), "came under a lease that has ended already", "see why the store gives such short ones");
    }
}
