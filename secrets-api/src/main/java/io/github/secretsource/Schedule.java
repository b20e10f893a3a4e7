package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the source of one secret is to be asked next, how often it failed, and how long its last answer is believed.
 * Guarded by the keeper's lock.
 */
final class Schedule {

    static final long NEVER = Long.MIN_VALUE;

    private final Engine engine;
    private final RefreshPolicy policy;

    private long due = NEVER;

    /** Whether it waits for its turn at the turnstile, and not for a moment. */
    private boolean inLine;

    /** Calls without an answer, in a row. */
    private int failures;

    /** When a definitive answer was given for the first time; never, while there is no doubt. */
    private long doubtedAt = NEVER;

    /** Up to here the last problem is believed: an early call is no second opinion. */
    private long believedUntil;

    Schedule(Engine engine, RefreshPolicy policy) {
        this.engine = engine;
        this.policy = policy;
    }

    // ---- the next moment -----------------------------------------------------------------------------------------

    long due() {
        return due;
    }

    boolean isDue(long now) {
        return due != NEVER && now - due >= 0;
    }

    /** Whether a call on its way for others takes it along. */
    boolean isNear(long now) {
        return due != NEVER && Plan.isNear(due, now, policy.refreshAfter());
    }

    void at(long moment) {
        due = moment;
        inLine = false;
    }

    void by(long moment) {
        at(earlier(due, moment));
    }

    /** The earlier of two moments, of which the first may be never. */
    static long earlier(long due, long other) {
        return due == NEVER || other - due < 0 ? other : due;
    }

    /** A call is on its way: its end decides what is next. */
    void asked() {
        at(NEVER);
    }

    /** Its source is not to be asked just now: its turn comes by the turnstile. */
    void waitsInLine() {
        due = NEVER;
        inLine = true;
    }

    /** What was believed is not any more. */
    void forget(long now) {
        believedUntil = now;
    }

    boolean isInLine() {
        return inLine;
    }

    // ---- after an answer -----------------------------------------------------------------------------------------

    /** The source gave what was asked for. */
    void succeeded() {
        failures = 0;
        doubtedAt = NEVER;
    }

    /** The next refresh: by age, and no later than the source advised. */
    void refreshes(SecretData data, boolean first, long now) {
        long gap = first
                ? Plan.firstRefresh(policy.refreshAfter(), engine.random())
                : Plan.refresh(policy.refreshAfter(), engine.random());
        gap = advised(gap, data.refreshAt());
        gap = advised(gap, data.expiresAt());
        at(now + gap);
    }

    /** No later than advised. An advice in the past is an old one, or the clock is wrong: it would mean a storm. */
    private long advised(long gap, Optional<Instant> moment) {
        Instant present = engine.now();
        if (moment.isEmpty() || !moment.get().isAfter(present)) {
            return gap;
        }
        return Math.min(gap, Math.max(Plan.SECOND, Plan.nanos(Duration.between(present, moment.get()))));
    }

    /** The source gave no answer. */
    void backsOff(SecretUnavailableException outage, long now) {
        failures++;
        doubtedAt = NEVER;
        var asked = outage.retryAfter();
        long gap = asked.isPresent()
                ? Plan.backOff(failures, asked.get(), engine.random())
                : Plan.backOff(failures, engine.random());
        believedUntil = now + gap;
        at(believedUntil);
    }

    /** A lease is replaced from here on, however its renewals failed. */
    void startsAnewBy(long moment) {
        if (due - moment > 0) {
            failures = 0;
            believedUntil = moment;
            at(moment);
        }
    }

    /** The store answers, so this is no outage; there is no reason to ask more often than usual. */
    void answered(SecretException failure, long now) {
        failures = 0;
        believedUntil = now + remembered(failure);
        at(now + Plan.refresh(policy.refreshAfter(), engine.random()));
    }

    /** What is gone or denied is looked for again now and then. */
    void looksAgain(SecretException failure, long now) {
        failures = 0;
        doubtedAt = NEVER;
        believedUntil = now + remembered(failure);
        at(now + Plan.recheckGone(policy.refreshAfter()));
    }

    private long remembered(SecretException failure) {
        boolean there = failure instanceof SecretNotFoundException missing && !missing.isAbsence();
        boolean denied = failure instanceof SecretAccessException;
        return Plan.nanos(denied || there ? policy.deniedTtl() : policy.notFoundTtl());
    }

    long believedUntil() {
        return believedUntil;
    }

    boolean isFailing() {
        return failures > 0;
    }

    // ---- a definitive answer is believed when it is said twice -----------------------------------------------------

    boolean doubts() {
        return doubtedAt != NEVER;
    }

    long doubtedAt() {
        return doubtedAt;
    }

    /** A renewal was denied: the first call for another lease is the second opinion. */
    void doubtAtOnce(long now) {
        doubtedAt = now;
        believedUntil = now;
        at(now);
    }

    /** The first time: a second opinion is worth something only after a while. */
    void doubt(long now) {
        doubtedAt = now;
        secondOpinion(now);
    }

    void secondOpinion(long from) {
        believedUntil = from + Plan.confirmation(engine.random());
        at(believedUntil);
    }

    void noDoubt() {
        doubtedAt = NEVER;
    }

    /** Whether the next call is the second opinion. */
    boolean confirms(long now) {
        return doubts() && now - believedUntil >= 0;
    }
}
