package io.github.secretsource;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** The library's threads that are alive, apart from those that were before a test. */
final class Threads {

    private final Set<Thread> before = Thread.getAllStackTraces().keySet();

    private Threads() {}

    static Threads sinceNow() {
        return new Threads();
    }

    List<String> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> name.startsWith("secretsource-"))
                .sorted()
                .toList();
    }

    /** Those left when there are none, or after ten seconds: a thread told to end takes a moment to do so. */
    List<String> left() {
        long deadline = Timeline.system().after(Duration.ofSeconds(10));
        while (!ours().isEmpty() && deadline - Timeline.system().nanos() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return ours();
    }
}
