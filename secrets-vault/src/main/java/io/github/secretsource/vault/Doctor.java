package io.github.secretsource.vault;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.Timeline;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Says what stands in the way of secrets, and which policy they need. Stateless but for what it asks. */
final class Doctor {
    private static final Duration LIMIT = Duration.ofSeconds(10); // for all secrets together

    private final VaultClient client;
    private final Session session;
    private final Mounts mounts;
    private final Timeline timeline;

    Doctor(VaultClient client, Session session, Mounts mounts, Timeline timeline) {
        this.client = client;
        this.session = session;
        this.mounts = mounts;
        this.timeline = timeline;
    }

    List<Diagnosis> look(Set<SecretId> ids) {
        var reader = new VaultReader(client, session, mounts, timeline);
        return new Examination(client, session, mounts, reader, new Budget(timeline, LIMIT)).of(ids);
    }

    /** The policy for exactly these secrets, in the language of Vault's policies. */
    List<Permissions> permissions(Set<SecretId> ids) {
        if (ids.isEmpty()) {
            return List.of();
        }
        var budget = new Budget(timeline, LIMIT);
        var lines = new TreeMap<String, String>();
        var guessed = new TreeSet<String>();
        for (SecretId id : ids) {
            Optional<Mounts.Place> place = place(id, budget);
            place.ifPresentOrElse(known -> lines.put(known.readPath(), "read"), () -> guessed.add(id.path()));
            if (place.isPresent() && place.get().kind() == VaultMount.PLAIN && id.selector() == Selector.CURRENT) {
                lines.put("sys/leases/renew", "update");
                lines.put("sys/leases/revoke", "update");
            }
        }
        var text = new StringBuilder();
        lines.forEach((path, capability) ->
                text.append(PolicyLine.of(path, capability)).append('\n'));
        for (String path : guessed) {
            text.append("# The mount of ").append(path).append(" is not known: keep the line that fits.\n");
            PolicyLine.candidates(path)
                    .forEach(each -> text.append(PolicyLine.of(each, "read")).append('\n'));
        }
        return List.of(Permissions.of(ids.iterator().next().source(), "hcl", text.toString()));
    }

    /** Empty if the server does not tell, or has taken too long with others. */
    private Optional<Mounts.Place> place(SecretId id, Budget budget) {
        Optional<Mounts.Place> known = mounts.known(id.path());
        if (known.isPresent() || budget.remaining().isZero()) {
            return known;
        }
        try {
            return Optional.of(mounts.of(id.path(), session.token(budget), client.deadline(budget)));
        } catch (Refusal e) {
            return Optional.empty(); // each way to address it is in the policy then
        }
    }
}
