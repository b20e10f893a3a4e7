package io.github.secretsource.micrometer;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretStatus;
import io.github.secretsource.Secrets;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the secrets that are bound stand: looked up when a gauge is read, once a second at most, so that one scrape is
 * one look. Lets go of what has been closed. Safe for concurrent use.
 */
final class Board {

    private static final long KEPT = Duration.ofSeconds(1).toNanos();

    private final Clock clock;
    private final Function<SecretId, Group> groups;
    private final CopyOnWriteArrayList<Secrets> bound = new CopyOnWriteArrayList<>();

    /** Readers that find it too old together look together; either's look will do. */
    private volatile @Nullable Look last;

    Board(Clock clock, Function<SecretId, Group> groups) {
        this.clock = clock;
        this.groups = groups;
    }

    private record Look(long at, Map<Group, Figures> figures, Figures others) {}

    void bind(Secrets secrets) {
        boolean unused = bound.addIfAbsent(secrets);
        last = null;
    }

    Figures figures(Group group) {
        Look look = look();
        return look.figures().getOrDefault(group, look.others());
    }

    private Look look() {
        long now = clock.monotonicTime();
        Look look = last;
        if (look == null || now - look.at() >= KEPT) {
            List<SecretStatus> statuses = statuses(); // What turns out to be closed is no longer bound after this.
            look = new Look(now, figures(statuses), bound.isEmpty() ? Figures.UNKNOWN : Figures.NONE);
            last = look;
        }
        return look;
    }

    private Map<Group, Figures> figures(List<SecretStatus> statuses) {
        return statuses.stream()
                .collect(Collectors.toMap(status -> groups.apply(status.id()), Figures::of, Figures::plus));
    }

    private List<SecretStatus> statuses() {
        var statuses = new ArrayList<SecretStatus>();
        for (Secrets secrets : bound) {
            try {
                statuses.addAll(secrets.statuses());
            } catch (IllegalStateException e) {
                bound.remove(secrets); // Closed, and closed for good.
            }
        }
        return statuses;
    }
}
