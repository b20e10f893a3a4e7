package io.github.secretsource.vault;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.text.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One look at what stands in the way of secrets, within one budget. It reads no secret that an engine would make. Used by
 * one thread.
 */
final class Examination {
    private static final String READ = "read";

    private final VaultClient client;
    private final Session session;
    private final Mounts mounts;
    private final VaultReader reader;
    private final Budget budget;
    private @Nullable Token judged;
    private boolean refused;

    Examination(VaultClient client, Session session, Mounts mounts, VaultReader reader, Budget budget) {
        this.client = client;
        this.session = session;
        this.mounts = mounts;
        this.reader = reader;
        this.budget = budget;
    }

    /** A finding for each secret; when the time is over, what took it is the finding for the rest. */
    List<Diagnosis> of(Set<SecretId> ids) {
        var findings = new ArrayList<Diagnosis>();
        var late = Refusal.unavailable(
                "was not looked at: the others took all of the time that a diagnosis has",
                "ask about fewer secrets at once");
        for (SecretId id : ids) {
            try {
                if (budget.remaining().isZero()) {
                    throw late;
                }
                findings.add(look(id));
            } catch (Refusal e) {
                findings.add(Diagnosis.problem(id, e.problem(), e.fix()));
                if (e.kind() == Refusal.Kind.UNAVAILABLE && budget.remaining().isZero()) {
                    late = e;
                }
            }
        }
        return findings;
    }

    private Diagnosis look(SecretId id) throws Refusal {
        try {
            return looked(id);
        } catch (Refusal e) {
            throw e.kind() == Refusal.Kind.DENIED && isTokenRefused() ? ofToken(e.fix()) : e;
        }
    }

    private Diagnosis looked(SecretId id) throws Refusal {
        long deadline = client.deadline(budget);
        Token token = session.token(budget);
        Mounts.Place place = mounts.of(id.path(), token, deadline);
        Optional<Boolean> allowed = allowed(place.readPath(), token, deadline);
        String fix = "add to a policy:\n" + PolicyLine.of(place.readPath(), READ);
        if (allowed.isPresent() && !allowed.get()) {
            return Diagnosis.problem(id, "may not be read with this token", fix);
        }
        if (place.kind() != VaultMount.PLAIN) {
            read(id);
            String kind = place.kind().text();
            return Diagnosis.healthy(id, "was read from " + place.path() + ", mounted as " + kind);
        }
        if (allowed.isEmpty() && isTokenRefused()) {
            throw ofToken(fix);
        }
        String may = allowed.isPresent() ? "may be read" : "may be read or not: this token may not ask that";
        return Diagnosis.healthy(id, may + "; " + place.path() + " is mounted, and was not asked to make one");
    }

    private void read(SecretId id) throws Refusal {
        try {
            reader.read(id, budget);
        } catch (SecretAccessException e) {
            throw Refusal.denied(e.problem(), e.fix());
        } catch (SecretUnavailableException e) {
            throw Refusal.unavailable(e.problem(), e.fix());
        } catch (SecretException e) {
            throw Refusal.notFound(e.problem(), e.fix());
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
                .map(list -> list.members().values().stream().anyMatch(Examination::reads));
    }

    private static boolean reads(JsonNode<SecretValue> capability) {
        return capability instanceof JsonNode.Leaf<SecretValue> leaf
                && Set.of(READ, "root", "sudo").contains(leaf.value().reveal());
    }

    /** Whether the token in use may not even look at itself, which is asked once. */
    private boolean isTokenRefused() throws Refusal {
        Token token = session.token(budget);
        if (token != judged) {
            var request = VaultRequest.get("auth/token/lookup-self").token(token.value());
            refused = client.send(request, client.deadline(budget)).status() == 403;
            judged = token;
        }
        return refused;
    }

    private static Refusal ofToken(String fix) {
        return Refusal.denied(
                "may not be read: the token itself is refused: it was revoked, has ended, or may not look at itself",
                "give another token, or read, which logs in again; if the token lives, " + fix);
    }
}
