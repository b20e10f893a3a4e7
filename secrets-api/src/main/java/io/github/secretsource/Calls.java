package io.github.secretsource;

import org.jspecify.annotations.Nullable;

/**
 * The calls to the source for one secret: the one that is waited for, those that were given up and hang, and when one
 * may be forced. Guarded by the keeper's lock.
 */
final class Calls {

    private final Keeper keeper;
    private final Engine engine;
    private final Lane lane;

    private @Nullable Flight current;
    private int hung;

    /** How long after a refused value the source is not asked again; zero while the content is new. */
    private long challengeGap;

    private long nextChallenge;

    Calls(Keeper keeper, Engine engine, Lane lane) {
        this.keeper = keeper;
        this.engine = engine;
        this.lane = lane;
    }

    /** The call on its way, or null. */
    @Nullable
    Flight current() {
        return current;
    }

    /** Sends for the secret; whoever collects flights takes it along, else it leaves at once. */
    Flight launch(Errand errand, long now, @Nullable Departures together) {
        long deadline = now + Plan.nanos(keeper.policy().fetchDeadline());
        var launched = new Flight(keeper, lane, errand, now, deadline);
        engine.agenda().set(launched, deadline); // First: without a deadline nothing would ever settle it.
        current = launched;
        lane.turnstile().launched(launched);
        if (together != null && launched.mayShare()) {
            together.add(lane, launched);
        } else {
            lane.submit(launched.call());
        }
        return launched;
    }

    /** Nobody waits for the present call any longer, by its end or by close. */
    @Nullable
    Flight end() {
        Flight ended = current;
        current = null;
        return ended;
    }

    /** The present call reached its deadline; where it goes on, it hangs from now on. */
    void giveUp(Flight flown) {
        if (flown.giveUp() && !flown.isHung()) {
            flown.markHung();
            hung++;
        }
    }

    /** A call that was given up came back at last. */
    void returned(Flight flown) {
        if (flown.isHung()) {
            hung--;
        }
    }

    boolean anyHang() {
        return hung > 0;
    }

    /** Whether a server that refused the value may make us ask; if so, the next time is further off. */
    boolean mayChallenge(long now) {
        boolean early = challengeGap > 0 && now - nextChallenge < 0;
        if (early || blocked() != null || !lane.mayChallenge(now)) {
            return false;
        }
        challengeGap = Plan.challengeGap(challengeGap);
        nextChallenge = now + challengeGap;
        return true;
    }

    void contentChanged() {
        challengeGap = 0;
    }

    /** Why the source is not asked: the calls before hang. Null if it may be asked. */
    @Nullable
    SecretException blocked() {
        if (hung > 1) {
            return new SecretUnavailableException(
                    keeper.id(),
                    "is not asked for: " + hung + " calls hang",
                    "its source must honour interrupts or time-outs");
        }
        if (lane.clogged()) {
            return new SecretUnavailableException(
                    keeper.id(),
                    "is not asked for: too many calls to source '" + lane.name() + "' hang",
                    "see whether its store answers");
        }
        return null;
    }

    SecretException noAnswer() {
        return new SecretUnavailableException(
                keeper.id(),
                "got no answer within " + keeper.policy().fetchDeadline(),
                "see whether the store of source '" + lane.name() + "' is reachable");
    }
}
