package io.github.secretsource;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a view makes of contents, of each content once. Asked by one thread at a time; may be told to forget by any.
 *
 * @param <T> the type of the value
 */
final class Rendering<T> {

    /** Either a value or the reason why there is none. */
    record Made<T>(
            Secret of, @Nullable Held<T> held, @Nullable SecretException problem) {

        SecretException failure() {
            return Objects.requireNonNull(problem);
        }
    }

    private final SecretRef ref;
    private final SecretView<T> view;
    private volatile @Nullable Made<T> latest;
    private long count;

    Rendering(SecretRef ref, SecretView<T> view) {
        this.ref = ref;
        this.view = view;
    }

    /** Whether it runs no code of the application. */
    boolean isOurs() {
        return view == PlainView.INSTANCE;
    }

    /** Runs the view, unless it ran on this content before. */
    Made<T> of(Secret secret) {
        Made<T> made = latest;
        if (made == null || made.of != secret) {
            made = make(secret);
            latest = made;
        }
        return made;
    }

    /** Lets go of the value, which is the application's. */
    void forget() {
        latest = null;
    }

    private Made<T> make(Secret secret) {
        try {
            T value = Objects.requireNonNull(view.of(secret.narrowedTo(ref)));
            var expiresAt = secret.expiresAt().orElse(null);
            return new Made<>(secret, new Held<>(value, secret.version(), expiresAt, null, ++count), null);
        } catch (SecretException e) {
            return new Made<>(secret, null, e);
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // Application code. Its message may hold the value, so only the class is told, and no cause.
            var problem = new SecretFormatException(
                    secret.id(),
                    "does not fit its view, which threw " + e.getClass().getName(),
                    "see whether the secret has the shape that the view expects");
            return new Made<>(secret, null, problem);
        }
    }
}
