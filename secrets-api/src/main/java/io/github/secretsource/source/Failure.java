package io.github.secretsource.source;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;

/** What went wrong in one member of a combination. */
record Failure(Member member, SecretException problem) {

    /** Takes what a source threw; anything but our own counts as unavailable and is named by its class only. */
    static Failure of(Member member, SecretId id, RuntimeException thrown) {
        if (thrown instanceof SecretException known) {
            return new Failure(member, known);
        }
        String problem = "cannot be had: its source threw " + thrown.getClass().getSimpleName();
        return new Failure(member, new SecretUnavailableException(id, problem, "look at that source"));
    }

    boolean isNotFound() {
        return problem instanceof SecretNotFoundException;
    }

    boolean isUnavailable() {
        return problem instanceof SecretUnavailableException;
    }

    /** Returns the same problem of the caller's id, with the member named. */
    SecretException named(SecretId id) {
        return retold(problem, id, " (" + member + ")");
    }

    String text() {
        return problem.problem() + " (" + member + ")";
    }

    /** Returns the same problem with another id and something added to it. All facts stay. */
    static SecretException retold(SecretException problem, SecretId id, String addition) {
        String text = problem.problem() + addition;
        if (problem instanceof SecretNotFoundException absent) {
            var copy = new SecretNotFoundException(id, text, absent.fix()).because(absent.reason());
            return absent.until().map(copy::until).orElse(copy);
        }
        if (problem instanceof SecretAccessException) {
            return new SecretAccessException(id, text, problem.fix());
        }
        if (problem instanceof SecretFormatException) {
            return new SecretFormatException(id, text, problem.fix());
        }
        return ((SecretUnavailableException) problem)
                .retryAfter()
                .map(wait -> SecretUnavailableException.throttled(id, wait))
                .orElseGet(() -> new SecretUnavailableException(id, text, problem.fix()));
    }
}
