package io.github.secretsource;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds 1, after a rotation 2, and so on; notices calls that overlap. Safe for concurrent use. */
final class RotatingStore implements SecretSource {

    /** An answer is on its way for microseconds, in which the store may rotate. */
    private static final int WAY_BACK = 50;

    private final AtomicInteger version = new AtomicInteger(1);
    private final AtomicInteger calls = new AtomicInteger();
    private volatile boolean crowded;

    void rotate() {
        version.incrementAndGet();
    }

    /** Whether two calls were on their way at once. */
    boolean wasCrowded() {
        return crowded;
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        if (calls.incrementAndGet() > 1) {
            crowded = true;
        }
        try {
            var answer = SecretData.of(SecretValue.of(Integer.toString(version.get())));
            for (int i = 0; i < WAY_BACK; i++) {
                Thread.onSpinWait();
            }
            return answer;
        } finally {
            calls.decrementAndGet();
        }
    }
}
