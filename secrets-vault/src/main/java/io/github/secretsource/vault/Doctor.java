package io.github.secretsource.vault;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Timeline;
import io.github.secretsource.text.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Says what stands in the way of secrets, and which policy they need. It reads no secret that an engine would make.
 * Stateless but for what it asks.
 */
final class Doctor {
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final String READ = "read";

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
        var findings = new ArrayList<Diagnosis>();
        for (SecretId id : ids) {
            try {
                findings.add(look(id, new Budget(timeline, LIMIT)));
            } catch (Refusal e) {
                findings.add(Diagnosis.problem(id, e.problem(), e.fix()));
            }
        }
        return findings;
    }

    private Diagnosis look(SecretId id, Budget budget) throws Refusal {
        long deadline = client.deadline(budget);
        Token token = session.token(budget);
        Mounts.Place place = mounts.of(id.path(), token, deadline);
        Optional<Boolean> allowed = allowed(place.readPath(), token, deadline);
        if (allowed.isPresent() && !allowed.get()) {
            return Diagnosis.problem(
                    id,
                    "may not be read with this token",
                    "add to a policy:\n" + PolicyLine.of(place.readPath(), READ));
        }
        if (place.kind() == VaultMount.PLAIN) {
            return Diagnosis.healthy(id, "may be read; " + place.path() + " is mounted, and was not asked to make one");
        }
        var reader = new VaultReader(client, session, mounts, timeline);
        try {
            reader.read(id, budget);
            return Diagnosis.healthy(
                    id,
                    "was read from " + place.path() + ", mounted as "
                            + place.kind().text());
        } catch (SecretException e) {
            return Diagnosis.problem(id, e.problem(), e.fix());
        }
    }

    /** What the server says of this token; empty if it may not ask. */
    private Optional<Boolean> allowed(String path, Token token, long deadline) throws Refusal {
        var request = VaultRequest.post("sys/capabilities-self", Map.of("paths", path))
                .token(token.value());
        VaultAnswer answer = client.send(request, deadline);
        if (!answer.isOk()) {
            return Optional.empty();
        }
        var data = answer.object("data").orElse(answer.root());
        return VaultAnswer.object(data, path)
                .or(() -> VaultAnswer.object(data, "capabilities"))
                .map(list -> list.members().values().stream().anyMatch(Doctor::reads));
    }

    private static boolean reads(JsonNode<SecretValue> capability) {
        return capability instanceof JsonNode.Leaf<SecretValue> leaf
                && Set.of(READ, "root", "sudo").contains(leaf.value().reveal());
    }

    /** The policy for exactly these secrets, in the language of Vault's policies. */
    List<Permissions> permissions(Set<SecretId> ids) {
        var lines = new TreeMap<String, String>();
        boolean leases = false;
        for (SecretId id : ids) {
            Optional<Mounts.Place> place = place(id);
            if (place.isPresent()) {
                lines.put(place.get().readPath(), READ);
                leases |= place.get().kind() == VaultMount.PLAIN && id.selector() == Selector.CURRENT;
            } else {
                String path = id.path();
                lines.put(path.replaceFirst("/", "/data/"), READ);
                lines.put(path, READ);
            }
        }
        if (leases) {
            lines.put("sys/leases/renew", "update");
            lines.put("sys/leases/revoke", "update");
        }
        if (ids.isEmpty()) {
            return List.of();
        }
        var text = new StringBuilder();
        lines.forEach((path, capability) ->
                text.append(PolicyLine.of(path, capability)).append('\n'));
        return List.of(Permissions.of(ids.iterator().next().source(), "hcl", text.toString()));
    }

    private Optional<Mounts.Place> place(SecretId id) {
        Optional<Mounts.Place> known = mounts.known(id.path());
        if (known.isPresent()) {
            return known;
        }
        try {
            var budget = new Budget(timeline, LIMIT);
            return Optional.of(mounts.of(id.path(), session.token(budget), client.deadline(budget)));
        } catch (Refusal e) {
            // Not told: both ways to address it are in the policy then.
            return Optional.empty();
        }
    }
}
