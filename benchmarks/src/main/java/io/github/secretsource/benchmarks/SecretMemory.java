package io.github.secretsource.benchmarks;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

/**
 * What one live secret of 64 bytes under a name of 21 characters costs in memory: read by {@code get}, and held by a
 * handle; beside a map of such names and values, which is the least there can be.
 */
public final class SecretMemory {

    private static final int STORES = 20;
    private static final int SECRETS = 1_000;

    private SecretMemory() {}

    /** Prints bytes per secret. */
    public static void main(String[] arguments) {
        System.out.printf(Locale.ROOT, "name and value in a map: %d B%n", bytesEach(SecretMemory::mapped));
        System.out.printf(Locale.ROOT, "read by get:             %d B%n", bytesEach(SecretMemory::read));
        System.out.printf(Locale.ROOT, "held by a handle:        %d B%n", bytesEach(SecretMemory::held));
    }

    private interface Filling {

        void fill(List<Object> kept);
    }

    private static long bytesEach(Filling filling) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            var kept = new ArrayList<Object>();
            long before = used();
            filling.fill(kept);
            least = Math.min(least, used() - before);
            for (Object each : kept) {
                if (each instanceof Secrets secrets) {
                    secrets.close();
                }
            }
        }
        return least / (STORES * SECRETS);
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void mapped(List<Object> kept) {
        for (int store = 0; store < STORES; store++) {
            var map = new HashMap<String, byte[]>();
            for (int i = 0; i < SECRETS; i++) {
                map.put(name(i), new byte[64]);
            }
            kept.add(map);
        }
    }

    private static void read(List<Object> kept) {
        for (int store = 0; store < STORES; store++) {
            Secrets secrets = secrets();
            for (int i = 0; i < SECRETS; i++) {
                SecretValue unused = secrets.get(name(i));
            }
            kept.add(secrets);
        }
    }

    private static void held(List<Object> kept) {
        for (int store = 0; store < STORES; store++) {
            Secrets secrets = secrets();
            for (int i = 0; i < SECRETS; i++) {
                LiveSecret<SecretValue> handle = secrets.live(name(i));
                kept.add(handle);
            }
            kept.add(secrets);
        }
    }

    private static Secrets secrets() {
        SecretSource source =
                (id, context) -> SecretData.of(SecretValue.of(new byte[64])).withVersion("1");
        return Secrets.builder().source("memory", source).build();
    }

    private static String name(int i) {
        return String.format(Locale.ROOT, "memory:app/team/%05d", i);
    }
}
