package io.github.secretsource.servers.azure;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, where and how often. At a vault it strikes requests with a good token only, so that one fault is one
 * read, not the question for the challenge before it. Immutable.
 */
public final class AzureFault {
    private final Duration delay;
    private final @Nullable Answer answer;
    private final String server;
    private final String method;
    private final String path;
    private final int times;

    private AzureFault(Duration delay, @Nullable Answer answer, String server, String method, String path, int times) {
        this.delay = delay;
        this.answer = answer;
        this.server = server;
        this.method = method;
        this.path = path;
        this.times = times;
    }

    private static AzureFault answering(Answer answer) {
        return new AzureFault(Duration.ZERO, answer, "", "", "", Integer.MAX_VALUE);
    }

    /**
     * Answers 429 in the shape of Key Vault, without a {@code Retry-After}.
     *
     * @return for ever, everywhere
     */
    public static AzureFault throttled() {
        return answering(Answer.error(
                429,
                "Throttled",
                "The request was not processed: there were too many.",
                "VaultRequestTypeLimitReached"));
    }

    /**
     * Answers 429 in the shape of Key Vault.
     *
     * @param retryAfter sent in whole seconds
     * @return for ever, everywhere
     */
    public static AzureFault throttled(Duration retryAfter) {
        return throttled().with("Retry-After", Long.toString(retryAfter.toSeconds()));
    }

    /**
     * Answers an error in the shape of Key Vault.
     *
     * @param status such as 500, 503 or 408
     * @return for ever, everywhere
     */
    public static AzureFault status(int status) {
        return answering(Answer.error(status, "FaultOfTheFake", "The test asked for status " + status + ".", ""));
    }

    /**
     * Answers a body that is not what the client expects.
     *
     * @param status such as 200
     * @param contentType such as {@code text/html}
     * @param body anything
     * @return for ever, everywhere
     */
    public static AzureFault garbage(int status, String contentType, String body) {
        return answering(new Answer(status, Map.of("Content-Type", contentType), body));
    }

    /**
     * Answers properly, but late; at once when the fault ends.
     *
     * @param delay before each answer
     * @return for ever, everywhere
     */
    public static AzureFault slow(Duration delay) {
        return new AzureFault(delay, null, "", "", "", Integer.MAX_VALUE);
    }

    /**
     * Adds a header to the answer.
     *
     * @param header its name
     * @param value its value
     * @return another fault
     * @throws IllegalStateException if the answer is the proper one
     */
    public AzureFault with(String header, String value) {
        if (answer == null) {
            throw new IllegalStateException("a slow answer has the service's headers");
        }
        return new AzureFault(delay, answer.with(header, value), server, method, path, times);
    }

    /**
     * Limits it to a server.
     *
     * @param name of a vault, {@link AzureFake#ENTRA} or {@link AzureFake#MACHINE}
     * @return another fault
     */
    public AzureFault at(String name) {
        return new AzureFault(delay, answer, name, method, path, times);
    }

    /**
     * Limits it to an operation.
     *
     * @param verb such as {@code GET}
     * @param wholePath such as {@code /secrets/db}; the paths below it count too
     * @return another fault
     */
    public AzureFault on(String verb, String wholePath) {
        return new AzureFault(delay, answer, server, verb, wholePath, times);
    }

    /**
     * Limits how often it strikes.
     *
     * @param count positive
     * @return another fault
     */
    public AzureFault times(int count) {
        return new AzureFault(delay, answer, server, method, path, count);
    }

    boolean strikes(Call call) {
        return (server.isEmpty() || server.equals(call.server()))
                && (method.isEmpty() || method.equals(call.method()))
                && (path.isEmpty() || call.path().equals(path) || call.path().startsWith(path + "/"));
    }

    Duration delay() {
        return delay;
    }

    int times() {
        return times;
    }

    /** What is answered; null for the proper answer. */
    @Nullable
    Answer answer() {
        return answer;
    }
}
