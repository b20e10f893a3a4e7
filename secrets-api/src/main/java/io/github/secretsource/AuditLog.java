package io.github.secretsource;

import io.github.secretsource.text.Printable;
import java.util.Optional;

/** Writes one line for each handle opened or closed and each denial. Stateless and safe for concurrent use. */
final class AuditLog implements SecretEventListener {

    private static final String NAME = "io.github.secretsource.audit";
    private static final int LONGEST = 200;

    @Override
    public void onEvent(SecretEvent event) {
        if (event instanceof SecretEvent.Opened opened) {
            write("opened", opened, opened.purpose());
        } else if (event instanceof SecretEvent.Denied denied) {
            write("denied", denied, denied.purpose());
        } else if (event instanceof SecretEvent.Closed) {
            write("closed", event, Optional.empty());
        }
    }

    /** The logger is asked for with each line: the platform's logging takes tens of milliseconds to start. */
    private static void write(String what, SecretEvent event, Optional<String> purpose) {
        String who = purpose.map(text -> " for " + shown(text)).orElse("");
        System.getLogger(NAME).log(System.Logger.Level.INFO, what + " " + event.id() + who);
    }

    /** The application's words, fit for one line; last on it, so that they cannot pass for anything else. */
    private static String shown(String purpose) {
        return Printable.cut(Printable.text(Printable.cut(purpose, LONGEST)), LONGEST);
    }

    @Override
    public String toString() {
        return "SecretEventListener.auditLog()";
    }
}
