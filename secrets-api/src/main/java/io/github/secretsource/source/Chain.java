package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Outcome;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.source.Failures.MovesOn;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sources asked one after the other. {@link Failures} says when to go on and what it means if none has the secret. */
final class Chain implements SecretSource, Composed {

    private final List<Member> members;
    private final MovesOn movesOn;

    Chain(Collection<Member> members, MovesOn movesOn) {
        this.members = List.copyOf(members);
        this.movesOn = movesOn;
    }

    @Override
    public List<SecretSource> parts() {
        return members.stream().map(Member::source).toList();
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        var failures = new Failures(id, movesOn);
        for (Member member : members) {
            try {
                return member.source().fetch(id, context);
            } catch (RuntimeException e) {
                if (!failures.moveOnAfter(Failure.of(member, id, e)) || isOver(context)) {
                    break;
                }
            }
        }
        throw failures.verdict(members.size());
    }

    private static boolean isOver(FetchContext context) {
        return context.remaining().isZero() || Thread.currentThread().isInterrupted();
    }

    /** Passes what a member does not have on to the next; what a member leaves out is left out here. */
    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
        var failures = new HashMap<SecretId, Failures>();
        Set<SecretId> open = ids;
        for (Member member : members) {
            if (open.isEmpty() || isOver(context)) {
                break;
            }
            var answers = batch(member, open, context);
            var next = new HashSet<SecretId>();
            for (SecretId id : open) {
                var answer = answers.get(id);
                var soFar = failures.computeIfAbsent(id, asked -> new Failures(asked, movesOn));
                if (answer != null && movesOn(member, answer, soFar)) {
                    next.add(id);
                } else if (answer != null) {
                    outcomes.put(id, settled(answer, soFar));
                }
            }
            open = next;
        }
        return outcomes;
    }

    private boolean movesOn(Member member, Outcome<SecretData> answer, Failures failures) {
        return answer.problem().isPresent()
                && failures.moveOnAfter(new Failure(member, answer.problem().get()))
                && member.position() < members.size();
    }

    private Outcome<SecretData> settled(Outcome<SecretData> answer, Failures failures) {
        return answer.problem().isEmpty() ? answer : Outcome.failed(failures.verdict(members.size()));
    }

    /** A batch that fails as a whole says nothing about its secrets: none is answered, each is fetched singly. */
    private static Map<SecretId, Outcome<SecretData>> batch(Member member, Set<SecretId> ids, FetchContext context) {
        try {
            return member.source().fetchAll(ids, context);
        } catch (RuntimeException e) {
            return Map.of();
        }
    }

    /** Watches every member; one that cannot be watched is left to the polls, unless none can. */
    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        var watches = new ArrayList<Subscription>();
        var problems = new ArrayList<RuntimeException>();
        for (Member member : members) {
            try {
                watches.add(member.source().watch(id, mayHaveChanged));
            } catch (RuntimeException e) {
                problems.add(e);
            }
        }
        if (watches.isEmpty()) {
            throw problems.get(0);
        }
        return () -> watches.forEach(Subscription::close);
    }

    @Override
    public SourceTraits traits() {
        return ChainTraits.of(members, movesOn);
    }

    @Override
    public void start(SourceContext context) {
        Composed.each(this, leaf -> leaf.start(context));
    }

    @Override
    public void warm() {
        Composed.each(this, SecretSource::warm);
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        return parts().stream().flatMap(part -> part.diagnose(ids).stream()).toList();
    }

    @Override
    public List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return parts().stream()
                .flatMap(part -> part.leastPrivilege(ids).stream())
                .toList();
    }

    @Override
    public void close() {
        Composed.each(this, SecretSource::close);
    }

    @Override
    public String toString() {
        return "Chain" + members;
    }
}
