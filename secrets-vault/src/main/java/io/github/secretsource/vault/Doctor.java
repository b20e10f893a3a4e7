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
import java.util.TreeSet;

/** Says what stands in the way of secrets, and which policy they need. Stateless but for what it asks. */
final class Doctor {
    private static final Duration LIMIT = Duration.ofSeconds(10); // for all secrets together
    private static final String FOR_LEASES =
            "# Only needed for secrets with leases, such as database/creds: to renew them, and to give them back.\n"
                    + PolicyLine.of("sys/leases/renew", "update") + '\n'
                    + PolicyLine.of("sys/leases/revoke", "update") + '\n';

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
        var read = new TreeSet<String>();
        var guessed = new TreeSet<String>();
        boolean leases = false;
        for (SecretId id : ids) {
            Optional<Mounts.Place> place = place(id, budget);
            place.ifPresentOrElse(known -> read.add(known.readPath()), () -> guessed.add(id.path()));
            boolean plain = place.isEmpty() || place.get().kind() == VaultMount.PLAIN;
            leases |= plain && id.selector() == Selector.CURRENT;
        }
        var text = new StringBuilder();
        read.forEach(path -> text.append(PolicyLine.of(path, "read")).append('\n'));
        for (String path : guessed) {
            text.append("# The mount of ").append(path).append(" is not known: keep the line that fits.\n");
            PolicyLine.candidates(path)
                    .forEach(each -> text.append(PolicyLine.of(each, "read")).append('\n'));
        }
        if (leases) {
            text.append(FOR_LEASES); // Whether a secret has one is not known before it is made.
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
