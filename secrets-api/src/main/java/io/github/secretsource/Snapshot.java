package io.github.secretsource;

import org.jspecify.annotations.Nullable;

/**
 * What readers of one secret see at one moment: a content, or why there is none. Immutable.
 *
 * @param sequence grows with every snapshot of a keeper that tells something new
 * @param secret the content, or null
 * @param refusal why there is none, or null while nothing is known
 * @param until the reading of the monotonic clock up to which the refusal is believed without asking again
 */
record Snapshot(
        long sequence, @Nullable Secret secret, @Nullable SecretException refusal, long until) {

    static final Snapshot EMPTY = new Snapshot(0, null, null, 0);

    static Snapshot of(long sequence, Secret secret) {
        return new Snapshot(sequence, secret, null, 0);
    }

    static Snapshot refusing(long sequence, SecretException refusal, long until) {
        return new Snapshot(sequence, null, refusal, until);
    }
}
