package io.github.secretsource;

/**
 * Is told what happens to secrets: for metrics, audit and logs. No event holds a value.
 *
 * <p>All events of one {@link Secrets} arrive one at a time and in order on one thread of the library. The queue holds
 * 1,024 events; while it is full further ones are dropped and counted ({@link SecretsHealth#droppedEvents()}). What a
 * listener throws is dropped; the others are still told.
 */
@FunctionalInterface
public interface SecretEventListener {

    /**
     * Is told one event.
     *
     * @param event what happened
     */
    void onEvent(SecretEvent event);

    /**
     * Returns a listener that writes one line at level INFO to the {@link System.Logger}
     * {@code io.github.secretsource.audit} for each handle opened or closed and each denial: what happened, the id and,
     * where the application gave one, the purpose.
     *
     * <pre>
     * opened file:db for nightly report
     * denied file:db for billing
     * closed file:db
     * </pre>
     *
     * <p>A line holds no value, and the purpose no line break. Configured by {@code secrets.audit=true}.
     *
     * @return a listener; safe for concurrent use
     */
    static SecretEventListener auditLog() {
        return new AuditLog();
    }
}
