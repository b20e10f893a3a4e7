package io.github.secretsource.source;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.source.Failures.MovesOn;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What sources asked one after the other can do together: what each of them can, at the pace of the slowest. */
final class ChainTraits {

    private ChainTraits() {}

    static SourceTraits of(List<Member> members, MovesOn movesOn) {
        List<SourceTraits> all =
                members.stream().map(member -> member.source().traits()).toList();
        SourceTraits merged = SourceTraits.defaults()
                .withSelectors(selectors(all))
                .withParameters(parameters(all))
                .withBatchSize(
                        all.stream().mapToInt(SourceTraits::batchSize).min().orElse(1))
                .withPermits(all.stream().mapToInt(SourceTraits::permits).min().orElse(1))
                .withHintGap(all.stream()
                        .map(SourceTraits::hintGap)
                        .max(Duration::compareTo)
                        .orElseThrow())
                .withPolicy(all.get(0).policy())
                .withLeadingSlash()
                .withTrailingSlash()
                .withPathRule(id -> problemWith(id, members, all));
        boolean fixed = all.stream().allMatch(SourceTraits::neverRotates);
        boolean ordered = movesOn == MovesOn.AFTER_NOT_FOUND || fixed;
        merged = fixed ? merged.neverRotating() : merged;
        return ordered && all.stream().allMatch(SourceTraits::isLinearizable) ? merged.linearizable() : merged;
    }

    private static Selector[] selectors(List<SourceTraits> all) {
        var common = EnumSet.allOf(Selector.class);
        all.forEach(traits -> common.retainAll(traits.selectors()));
        return common.toArray(new Selector[0]);
    }

    private static String[] parameters(List<SourceTraits> all) {
        var common = new TreeSet<>(all.get(0).parameters());
        all.forEach(traits -> common.retainAll(traits.parameters()));
        return common.toArray(new String[0]);
    }

    private static Optional<String> problemWith(SecretId id, List<Member> members, List<SourceTraits> all) {
        for (int at = 0; at < all.size(); at++) {
            Optional<String> problem = all.get(at).problemWith(id);
            if (problem.isPresent()) {
                return Optional.of(problem.get() + " (" + members.get(at) + ")");
            }
        }
        return Optional.empty();
    }
}
