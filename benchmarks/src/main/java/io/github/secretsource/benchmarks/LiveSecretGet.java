package io.github.secretsource.benchmarks;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads of a held secret against a bare volatile field: 0 bytes and one volatile read. Run with {@code -prof gc}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LiveSecretGet {

    private volatile SecretValue field = SecretValue.of("held by hand");
    private Secrets secrets;
    private LiveSecret<SecretValue> live;

    /** Opens a handle. */
    @Setup
    public void open() {
        var memory = InMemorySecrets.create();
        memory.put("held", "held by the library");
        secrets = Secrets.builder().source("mem", memory).build();
        live = secrets.live("mem:held");
    }

    /** Closes it. */
    @TearDown
    public void close() {
        secrets.close();
    }

    /** The limit. */
    @Benchmark
    public SecretValue volatileField() {
        return field;
    }

    /** Ours. */
    @Benchmark
    public SecretValue liveSecretGet() {
        return live.get();
    }

    /** Ours, by reference instead of by handle. */
    @Benchmark
    public SecretValue secretsGet() {
        return secrets.get("mem:held");
    }
}
