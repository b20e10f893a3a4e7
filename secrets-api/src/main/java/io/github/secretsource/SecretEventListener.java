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
}
