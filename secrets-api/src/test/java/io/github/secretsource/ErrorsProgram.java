package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A program with a small heap whose sources use up all memory, or all of a stack, twice each before they answer, beside
 * one that always answers something new.
 */
final class ErrorsProgram {

    private static final int SOURCES_OF_EACH_KIND = 3;
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final long PATIENCE = Duration.ofSeconds(60).toNanos();

    private final AtomicInteger errors = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final List<LiveSecret<SecretValue>> suffering = new ArrayList<>();

    /** How many errors were reported as such. */
    private int told;

    private ErrorsProgram() {}

    public static void main(String[] arguments) {
        new ErrorsProgram().run();
    }

    private void run() {
        var builder = Secrets.builder()
                .policy(RefreshPolicy.unset()
                        .withRefreshAfter(Duration.ofMillis(20))
                        .withFetchDeadline(DEADLINE)
                        .withWaitDeadline(DEADLINE))
                .source("calm", (id, context) -> answer(Integer.toString(answers.incrementAndGet())));
        for (int i = 0; i < SOURCES_OF_EACH_KIND; i++) {
            builder.source("memory" + i, failingTwice(ErrorsProgram::useUpMemory));
            builder.source("stack" + i, failingTwice(() -> answers.addAndGet(useUpStack(1))));
        }
        try (Secrets secrets = builder.build()) {
            LiveSecret<SecretValue> calm = secrets.live("calm:app");
            for (int i = 0; i < SOURCES_OF_EACH_KIND; i++) {
                open(secrets, "memory" + i + ":app", OutOfMemoryError.class);
                open(secrets, "stack" + i + ":app", StackOverflowError.class);
            }
            boolean recovered = await(() -> suffering.stream().allMatch(ErrorsProgram::isServed));
            String before = calm.get().reveal();
            boolean goesOn = await(() -> !calm.get().reveal().equals(before));
            System.out.println(
                    errors + " errors; told: " + told + "; recovered: " + recovered + "; goes on: " + goesOn);
        }
    }

    /** The first call fails, and says why; the handle makes the second and the third. */
    private void open(Secrets secrets, String ref, Class<? extends Error> reason) {
        try {
            throw new IllegalStateException("no error from " + secrets.get(ref));
        } catch (SecretUnavailableException e) {
            told += e.getMessage().contains(reason.getName()) ? 1 : 0;
        }
        suffering.add(secrets.liveLater(ref, Secret::value));
    }

    private SecretSource failingTwice(Runnable fault) {
        var left = new AtomicInteger(2);
        return (id, context) -> {
            if (left.getAndDecrement() > 0) {
                try {
                    fault.run();
                } catch (OutOfMemoryError | StackOverflowError e) {
                    errors.incrementAndGet();
                    throw e;
                }
            }
            return answer("well");
        };
    }

    private static SecretData answer(String value) {
        return SecretData.of(SecretValue.of(value));
    }

    private static void useUpMemory() {
        var kept = new ArrayList<byte[]>();
        while (kept.size() < Integer.MAX_VALUE) {
            kept.add(new byte[100_000]);
        }
    }

    private static int useUpStack(int depth) {
        return depth < 0 ? 0 : 1 + useUpStack(depth + 1);
    }

    private static boolean isServed(LiveSecret<?> handle) {
        return handle.status().state() == SecretStatus.State.FRESH;
    }

    private static boolean await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE;
        while (!condition.getAsBoolean() && end - System.nanoTime() > 0) {
            LockSupport.parkNanos(5_000_000);
        }
        return condition.getAsBoolean();
    }
}
