package io.github.secretsource.examples;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.Secrets;
import io.github.secretsource.Subscription;
import io.github.secretsource.view.UsernamePassword;

/** A connection pool that always logs in with the user and password of one version. */
public final class RotatingPair implements AutoCloseable {

    private final LiveSecret<UsernamePassword> pair;
    private final Subscription rotations;
    private volatile String login = "";

    /**
     * Follows a pair.
     *
     * @param secrets where it comes from
     * @param ref names a secret with the fields username and password
     */
    public RotatingPair(Secrets secrets, String ref) {
        pair = secrets.live(ref, UsernamePassword::from);
        rotations = pair.subscribe(this::use);
    }

    private void use(UsernamePassword latest) {
        // A real pool sets its credentials here and retires the connections of the old ones.
        login = latest.username();
    }

    /**
     * Returns who the next connection logs in as.
     *
     * @return the user name
     */
    public String login() {
        return login;
    }

    @Override
    public void close() {
        rotations.close();
        pair.close();
    }
}
