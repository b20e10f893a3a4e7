package io.github.secretsource.servers.azure;

/** Ends the work on a {@link Call} with an error. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Answer answer;

    Refusal(Answer answer) {
        super(answer.toString(), null, false, false);
        this.answer = answer;
    }

    static Refusal of(int status, String code, String message) {
        return new Refusal(Answer.error(status, code, message, ""));
    }

    static Refusal of(int status, String code, String message, String innerCode) {
        return new Refusal(Answer.error(status, code, message, innerCode));
    }

    Answer answer() {
        return answer;
    }
}
