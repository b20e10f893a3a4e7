package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

class RefCacheTest {
    private final RefCache cache = new RefCache();

    @Test
    void givesTheSameReferenceForTheSameText() {
        var first = cache.parse("mem:a#f");

        assertThat(cache.parse("mem:a#f")).isSameAs(first).isEqualTo(SecretRef.parse("mem:a#f"));
    }

    @Test
    void staysBoundedAndRightWhateverIsAsked() {
        for (int i = 0; i < 3 * RefCache.LIMIT; i++) {
            assertThat(cache.parse("mem:a" + i).id().path()).isEqualTo("a" + i);
            assertThat(cache.size()).isLessThanOrEqualTo(RefCache.LIMIT);
        }
    }

    @NullUnmarked
    @Test
    void doesNotRememberWhatItRefuses() {
        assertThatThrownBy(() -> cache.parse("mem:")).isInstanceOf(InvalidSecretRefException.class);
        assertThatThrownBy(() -> cache.parse(null)).isInstanceOf(InvalidSecretRefException.class);

        assertThat(cache.size()).isZero();
    }

    @Test
    void allocatesNothingOnAHit() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        String text = "vault:app/db#password";
        cache.parse(text);
        long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < 100_000; i++) {
            cache.parse(text);
        }

        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("bytes in 100,000 hits").isLessThan(100_000);
    }
}
