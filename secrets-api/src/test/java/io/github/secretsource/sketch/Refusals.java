package io.github.secretsource.sketch;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.sketch.RemoteStore.Answer;

/** Which of the four outcomes a status stands for: the table that every backend has. */
final class Refusals {

    private Refusals() {}

    static Answer check(SecretId id, Answer answer) {
        if (answer.status() != 200) {
            throw of(id, answer);
        }
        return answer;
    }

    static SecretException of(SecretId id, Answer answer) {
        return switch (answer.status()) {
            case 404 -> new SecretNotFoundException(id, "is not in the store", "put it there");
            case 403 -> new SecretAccessException(id, "is denied (status 403)", "grant these credentials the read");
            case 422 -> new SecretFormatException(id, "is no object of this store", "put it anew");
            case 429 -> SecretUnavailableException.throttled(id, answer.time());
            case 504 ->
                new SecretUnavailableException(id, "got no answer in time", "see whether the store is reachable");
            default -> new SecretUnavailableException(id, "got status " + answer.status(), "see the store's own log");
        };
    }

    static SecretUnavailableException interrupted(SecretId id) {
        Thread.currentThread().interrupt();
        return new SecretUnavailableException(id, "was not waited for: the call was interrupted", "ask again");
    }
}
