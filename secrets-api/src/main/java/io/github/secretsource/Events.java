package io.github.secretsource;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells listeners and the log what happened, on one thread of its own, so that neither can hold up a timer or a fetch.
 * The log is touched only when there is something to warn of. Safe for concurrent use.
 */
final class Events {

    private static final int QUEUE = 1_024;

    private final EngineThreads thread;
    private final List<SecretEventListener> listeners;
    private final AtomicBoolean listenerFailed = new AtomicBoolean();

    Events(Timeline timeline, List<SecretEventListener> listeners) {
        this.thread = new EngineThreads(timeline, "secretsource-events", 1, QUEUE);
        this.listeners = List.copyOf(listeners);
    }

    /** Whether anybody listens; where nobody does, events need not be made. */
    boolean wanted() {
        return !listeners.isEmpty();
    }

    /** Queues an event, with a line in the log where it is one that an operator must see. */
    void emit(SecretEvent event) {
        String line = line(event);
        if (line == null && listeners.isEmpty()) {
            return;
        }
        thread.execute(() -> {
            if (line != null) {
                Log.warn(line);
            }
            for (SecretEventListener listener : listeners) {
                tell(listener, event);
            }
        });
    }

    /** Queues a line of the log. It never holds a value. */
    void warn(String line) {
        thread.execute(() -> Log.warn(line));
    }

    /** Writes the line of what closing could not do, past the queue that is closed by now. */
    static void warnNow(String line) {
        Log.warn(line);
    }

    private void tell(SecretEventListener listener, SecretEvent event) {
        try {
            listener.onEvent(event);
        } catch (Throwable e) {
            // Application code: whatever it throws must not end the others' events. Its message may hold a value.
            if (listenerFailed.compareAndSet(false, true)) {
                Log.warn("a SecretEventListener threw " + e.getClass().getName() + "; further ones are not reported");
            }
        }
    }

    private static @Nullable String line(SecretEvent event) {
        if (event instanceof SecretEvent.RefreshFailed failed) {
            return failed.problem().getMessage() + " (the last good value is still served)";
        }
        if (event instanceof SecretEvent.Withdrawn withdrawn) {
            return withdrawn.reason().getMessage() + " (withdrawn: reads are refused)";
        }
        if (event instanceof SecretEvent.Rotated rotated && rotated.regressed()) {
            return rotated.id() + " went back from version " + rotated.from() + " to " + rotated.to();
        }
        return null;
    }

    long dropped() {
        return thread.dropped();
    }

    /** Refuses new events; those queued are still told. */
    void finish() {
        thread.finish();
    }

    /** Drops what is queued and interrupts the listener that runs. */
    void stop() {
        thread.stop();
    }

    void join(long deadline) {
        thread.join(deadline);
    }

    List<Thread> alive() {
        return thread.alive();
    }

    /** Loaded with the first warning: the platform's logging takes tens of milliseconds to start. */
    private static final class Log {

        static void warn(String line) {
            try {
                System.getLogger("io.github.secretsource").log(System.Logger.Level.WARNING, line);
            } catch (Throwable e) {
                // The application's log is broken: that must not keep events from listeners, nor anything from closing.
            }
        }
    }
}
