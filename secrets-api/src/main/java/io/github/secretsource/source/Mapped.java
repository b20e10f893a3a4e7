package io.github.secretsource.source;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.InvalidSecretRefException;
import io.github.secretsource.Outcome;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A source asked for other paths than the caller names. Errors and findings carry the caller's ids. */
final class Mapped implements SecretSource, Composed {

    private final SecretSource source;
    private final Function<String, String> path;

    Mapped(SecretSource source, Function<String, String> path) {
        this.source = source;
        this.path = path;
    }

    @Override
    public List<SecretSource> parts() {
        return List.of(source);
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        SecretId target = target(id);
        try {
            return source.fetch(target, context);
        } catch (SecretException e) {
            throw retold(e, id, target);
        }
    }

    @Override
    public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
        Map<SecretId, SecretId> targets = targets(ids);
        var answers = source.fetchAll(Set.copyOf(targets.values()), context);
        var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
        targets.forEach((id, target) -> {
            var answer = answers.get(target);
            if (answer != null) {
                var problem = answer.problem().map(e -> Outcome.<SecretData>failed(retold(e, id, target)));
                outcomes.put(id, problem.orElse(answer));
            }
        });
        return outcomes;
    }

    @Override
    public Subscription watch(SecretId id, Runnable mayHaveChanged) {
        return source.watch(target(id), mayHaveChanged);
    }

    @Override
    public SourceTraits traits() {
        SourceTraits inner = source.traits();
        return inner.withLeadingSlash().withTrailingSlash().withPathRule(id -> problemWith(id, inner));
    }

    private Optional<String> problemWith(SecretId id, SourceTraits inner) {
        try {
            SecretId target = target(id);
            return inner.problemWith(target).map(problem -> problem + asked(target));
        } catch (InvalidSecretRefException e) {
            return Optional.of("its path maps to one that is not legal: " + e.getMessage());
        }
    }

    private SecretId target(SecretId id) {
        SecretId target = SecretId.of(id.source(), path.apply(id.path()));
        for (var parameter : id.parameters().entrySet()) {
            target = target.withParameter(parameter.getKey(), parameter.getValue());
        }
        return switch (id.selector()) {
            case CURRENT -> target;
            case PREVIOUS -> target.atPrevious();
            case VERSION -> target.atVersion(id.selectorValue().orElseThrow());
            case STAGE -> target.atStage(id.selectorValue().orElseThrow());
        };
    }

    private Map<SecretId, SecretId> targets(Set<SecretId> ids) {
        var targets = new LinkedHashMap<SecretId, SecretId>();
        ids.forEach(id -> targets.put(id, target(id)));
        return targets;
    }

    private static SecretException retold(SecretException problem, SecretId id, SecretId target) {
        return Failure.retold(problem, id, asked(target));
    }

    private static String asked(SecretId target) {
        return " (asked for as '" + target.path() + "')";
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
        Map<SecretId, SecretId> targets = targets(ids);
        Map<SecretId, SecretId> origins = targets.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey, (one, other) -> one));
        return source.diagnose(origins.keySet()).stream()
                .map(finding -> retold(finding, origins.getOrDefault(finding.id(), finding.id())))
                .toList();
    }

    private static Diagnosis retold(Diagnosis finding, SecretId id) {
        String text = finding.finding() + asked(finding.id());
        return finding.isHealthy() ? Diagnosis.healthy(id, text) : Diagnosis.problem(id, text, finding.fix());
    }

    @Override
    public List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return source.leastPrivilege(Set.copyOf(targets(ids).values()));
    }

    @Override
    public void close() {
        Composed.each(this, SecretSource::close);
    }

    @Override
    public String toString() {
        return "Mapped[" + Member.nameOf(source) + "]";
    }
}
