package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One question to a source about one secret, with its deadline and everyone who waits for the answer. It lands once: by
 * its answer, by its deadline or by close, whichever the keeper sees first; what comes later is discarded.
 */
final class Flight extends Timed implements FetchContext, Runnable {

    /**
     * How it ended: a content, a problem, or neither when the library was closed meanwhile.
     *
     * @param secret the content, or null
     * @param problem why there is none, or null
     */
    record Landing(@Nullable Secret secret, @Nullable SecretException problem) {

        static final Landing CLOSED = new Landing(null, null);
    }

    private final Keeper keeper;
    private final Lane lane;
    private final Errand errand;
    private final CompletableFuture<Landing> done = new CompletableFuture<>();
    private final long deadline;

    /** What carries it: a call of its own, or one that it shares with others. */
    private volatile Call call;

    private volatile boolean called;
    private volatile boolean freshLogin;

    /** Denied in a batch, which counts as the first of a cold secret's two calls. */
    private volatile boolean deniedOnce;

    /** When the question was sent, or launched if it was not sent. */
    private volatile long sent;

    private volatile boolean givenUp;

    /** Guarded by the keeper's lock. */
    private boolean hung;

    Flight(Keeper keeper, Lane lane, Errand errand, long launched, long deadline) {
        this.keeper = keeper;
        this.lane = lane;
        this.errand = errand;
        this.freshLogin = errand.freshLogin();
        this.sent = launched;
        this.deadline = deadline;
        this.call = new Call(lane, this, 1);
    }

    // ---- on a thread of the lane -----------------------------------------------------------------------------------

    /** Asks the source for this secret alone. */
    @Override
    public void run() {
        Answer answer = null;
        try {
            answer = answer();
        } catch (SecretException e) {
            answer = Answer.failed(e);
        } catch (Throwable e) {
            answer = Answer.failed(foreign(e));
        } finally {
            Thread.interrupted(); // An interrupt meant for this call must not reach the next one on this thread.
            lands(answer == null ? Answer.failed(unanswered()) : answer);
        }
    }

    void lands(Answer answer) {
        keeper.landed(this, answer);
    }

    /** A source is foreign code: even its errors must not end the thread unheard. The message may hold a value. */
    SecretException foreign(Throwable thrown) {
        return new SecretUnavailableException(
                keeper.id(),
                "could not be fetched: its source threw " + thrown.getClass().getName(),
                "see the source's own log; the call is tried again");
    }

    private SecretException unanswered() {
        return new SecretUnavailableException(
                keeper.id(), "got no answer: its source returned null", "the source must return data or throw");
    }

    private Answer answer() {
        SecretException refused = lane.turnstile().refusal(this);
        if (refused != null) {
            called = false; // A batch may have asked for it before; this is no answer of the source.
            return Answer.failed(refused);
        }
        begins();
        LeaseTerms renewing = errand.lease();
        if (renewing != null) {
            Lease renewed = renewing.lease().renew(this);
            return renewed == null ? Answer.failed(unanswered()) : Answer.renewed(renewed);
        }
        return Answer.of(deniedOnce ? again() : fetch());
    }

    /** The question is sent now. */
    void begins() {
        sent = lane.nanos();
        called = true;
        if (!renews()) {
            keeper.watching().start();
        }
    }

    /** Cold and denied: once more with a fresh login, since the first refusal may mean an old token only. */
    private SecretData fetch() {
        try {
            return ask();
        } catch (SecretAccessException e) {
            boolean again = errand.cold() && !freshLogin && !remaining().isZero();
            if (!again || lane.turnstile().refusal(this) != null) {
                throw e;
            }
            return again();
        }
    }

    private SecretData again() {
        freshLogin = lane.logins().mayForce();
        sent = lane.nanos();
        return ask();
    }

    private SecretData ask() {
        try {
            SecretData data = lane.source().fetch(keeper.id(), this);
            if (data == null) {
                throw unanswered();
            }
            noteLogin();
            return data;
        } catch (SecretAccessException | SecretNotFoundException e) {
            noteLogin();
            throw e;
        }
    }

    /** Its store answered, so the fresh login asked for has taken place. */
    private void noteLogin() {
        if (freshLogin) {
            lane.logins().done();
        }
    }

    // ---- in a batch ------------------------------------------------------------------------------------------------

    /** Whether others may share its call: not where it needs a login of its own, or renews. */
    boolean mayShare() {
        return !freshLogin && !renews();
    }

    /** A batch takes it along. */
    void carriedBy(Call shared) {
        call = shared;
    }

    /** The batch brought no answer for it: it is asked for singly, on the same deadline. */
    void goesOnAlone(boolean denied) {
        deniedOnce = denied;
        var own = new Call(lane, this, 1);
        if (!remaining().isZero() && keeper.goesOn(this, own)) {
            lane.submit(own);
        } else {
            lands(Answer.failed(keeper.noAnswer()));
        }
    }

    boolean isCold() {
        return errand.cold();
    }

    // ---- its end ---------------------------------------------------------------------------------------------------

    @Override
    void fire(long now) {
        keeper.overdue(this);
    }

    /** Nobody waits for it any longer; true if its call goes on all the same. Once. */
    boolean giveUp() {
        givenUp = true;
        return call.giveUp();
    }

    /** Ends the call as far as it lets itself be ended. */
    void abandon() {
        if (!givenUp) {
            boolean unused = giveUp();
        }
        call.interrupt();
    }

    /** Whether the source has been called. */
    boolean calls() {
        return called;
    }

    void markHung() {
        hung = true;
    }

    boolean isHung() {
        return hung;
    }

    Call call() {
        return call;
    }

    Keeper keeper() {
        return keeper;
    }

    boolean renews() {
        return errand.lease() != null;
    }

    long sent() {
        return sent;
    }

    long deadline() {
        return deadline;
    }

    CompletableFuture<Landing> done() {
        return done;
    }

    // ---- what the source may know
    // ------------------------------------------------------------------------------------

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - lane.nanos()));
    }

    @Override
    public boolean freshLogin() {
        return freshLogin;
    }

    @Override
    public Optional<String> knownVersion() {
        return Optional.ofNullable(errand.knownVersion());
    }
}
