package io.github.secretsource.spi;

import java.time.Duration;
import java.util.Optional;

/** What a fetch may know. Only this library implements it, so it may grow. Safe for concurrent use. */
public interface FetchContext {

    /**
     * Returns how long there is until the engine gives up on this call.
     *
     * @return the rest, zero when it is over, never negative
     */
    Duration remaining();

    /**
     * Returns whether to log in anew first, because the store has just refused the present credentials. A source that can
     * ask the store whether they are good all the same may keep them.
     *
     * @return true on the one call that follows a refusal; a source without logins ignores it
     */
    boolean freshLogin();

    /**
     * Returns the version the engine holds, for stores that can answer "not modified" cheaply. The answer is a full
     * one all the same.
     *
     * @return the version label of this source, or empty on a first fetch
     */
    Optional<String> knownVersion();
}
