package io.github.secretsource.vault;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Why there is no answer, before it is known which secret that is about. Holds no value, body or token. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    /** Which of the four outcomes it becomes. */
    enum Kind {
        UNAVAILABLE,
        DENIED,
        NOT_FOUND,
        MALFORMED
    }

    private final Kind kind;
    private final String problem;
    private final String fix;
    private final transient @Nullable Duration retryAfter;
    private final transient Set<Mark> marks;

    /** What else is known of it. */
    private enum Mark {
        LOST_ANSWER,
        BY_VAULT,
        ONE_SECRET
    }

    private Refusal(Kind kind, String problem, String fix, @Nullable Duration retryAfter) {
        this(kind, problem, fix, retryAfter, Set.of());
    }

    private Refusal(Kind kind, String problem, String fix, @Nullable Duration retryAfter, Set<Mark> marks) {
        super(problem, null, false, false);
        this.kind = kind;
        this.problem = problem;
        this.fix = fix;
        this.retryAfter = retryAfter;
        this.marks = marks;
    }

    static Refusal unavailable(String problem, String fix) {
        return new Refusal(Kind.UNAVAILABLE, problem, fix, null);
    }

    static Refusal throttled(String problem, Duration wait) {
        return new Refusal(Kind.UNAVAILABLE, problem, "it is asked again after that time", wait);
    }

    static Refusal denied(String problem, String fix) {
        return new Refusal(Kind.DENIED, problem, fix, null);
    }

    static Refusal notFound(String problem, String fix) {
        return new Refusal(Kind.NOT_FOUND, problem, fix, null);
    }

    static Refusal malformed(String problem, String fix) {
        return new Refusal(Kind.MALFORMED, problem, fix, null);
    }

    /** The same, of a request that may have been carried out all the same. */
    Refusal ofLostAnswer() {
        return marked(Mark.LOST_ANSWER);
    }

    boolean isOfLostAnswer() {
        return marks.contains(Mark.LOST_ANSWER);
    }

    /** The same, said by Vault itself: it is there, whatever it says. */
    Refusal byVault() {
        return marked(Mark.BY_VAULT);
    }

    boolean isByVault() {
        return marks.contains(Mark.BY_VAULT);
    }

    /** The same, which says nothing of other secrets. */
    Refusal ofOneSecret() {
        return marked(Mark.ONE_SECRET);
    }

    private Refusal marked(Mark mark) {
        var more = EnumSet.of(mark);
        more.addAll(marks);
        return new Refusal(kind, problem, fix, retryAfter, more);
    }

    Kind kind() {
        return kind;
    }

    String problem() {
        return problem;
    }

    String fix() {
        return fix;
    }

    SecretException about(SecretId id) {
        return switch (kind) {
            case DENIED -> new SecretAccessException(id, problem, fix);
            case NOT_FOUND -> new SecretNotFoundException(id, problem, fix);
            case MALFORMED -> new SecretFormatException(id, problem, fix);
            case UNAVAILABLE -> {
                var plain = new SecretUnavailableException(id, problem, fix);
                var unavailable = marks.contains(Mark.ONE_SECRET) ? plain.ofThisSecretOnly() : plain;
                yield retryAfter == null ? unavailable : unavailable.withRetryAfter(retryAfter);
            }
        };
    }
}
