package io.github.secretsource.vault;

/** A file cannot be used. Its text is ours and holds nothing of what is in the file. */
final class UnusableFileException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableFileException(String problem) {
        super(problem, null, false, false);
    }

    /** The rest of a sentence about the file. */
    String problem() {
        return String.valueOf(getMessage());
    }
}
