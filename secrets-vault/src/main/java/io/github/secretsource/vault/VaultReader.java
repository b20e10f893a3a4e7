package io.github.secretsource.vault;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretNotFoundException.Reason;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.text.JsonNode;
import io.github.secretsource.text.JsonNode.Branch;
import io.github.secretsource.text.JsonNode.Leaf;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads secrets: key-value ones with and without versions, and those that an engine makes. Safe for concurrent use. */
final class VaultReader {
    private static final long SECOND = 1_000_000_000;
    private static final Duration AFTER_ROTATION = Duration.ofSeconds(1);

    private final VaultClient client;
    private final Session session;
    private final Mounts mounts;
    private final Timeline timeline;
    private final Lineages lineages = new Lineages();

    /** A token whose policies let it renew no lease. */
    private volatile @Nullable Token renewsNothing;

    VaultReader(VaultClient client, Session session, Mounts mounts, Timeline timeline) {
        this.client = client;
        this.session = session;
        this.mounts = mounts;
        this.timeline = timeline;
    }

    /** Reads a secret; once more if its token was refused and another has taken its place meanwhile. */
    SecretData read(SecretId id, FetchContext context) {
        try {
            Token token = session.token(context);
            try {
                return read(id, token, context);
            } catch (Refusal e) {
                Token other = e.kind() == Refusal.Kind.DENIED ? session.after(token, context) : token;
                if (other == token) {
                    throw e;
                }
                return read(id, other, context);
            }
        } catch (Refusal e) {
            throw e.about(id);
        }
    }

    private SecretData read(SecretId id, Token token, FetchContext context) throws Refusal {
        long deadline = client.deadline(context);
        Mounts.Place place = mounts.of(id.path(), token, deadline);
        return switch (place.kind()) {
            case KV2 -> versioned(id, place, token, deadline);
            case KV1 -> fields(unversioned(id, place, token, deadline, true));
            case PLAIN -> made(id, place, session.lasting(token, context), deadline);
        };
    }

    // ---- key-value secrets with versions ----------------------------------------------------------------------------

    private SecretData versioned(SecretId id, Mounts.Place place, Token token, long deadline) throws Refusal {
        String version = id.selectorValue().orElse("");
        if (id.selector() == Selector.PREVIOUS) {
            long current = number(versionedAnswer(place, token, "", deadline));
            if (current < 2) {
                throw Refusal.notFound("has no previous version", "there is one after the next change");
            }
            version = Long.toString(current - 1);
        }
        VaultAnswer answer = versionedAnswer(place, token, version, deadline);
        Branch<SecretValue> data = answer.object("data").orElseThrow(VaultReader::withoutData);
        Branch<SecretValue> metadata = VaultAnswer.object(data, "metadata").orElseThrow(VaultReader::withoutData);
        if (!answer.isOk()) {
            throw gone(id, metadata);
        }
        long number = VaultAnswer.number(metadata, "version");
        Branch<SecretValue> content = VaultAnswer.object(data, "data").orElseThrow(VaultReader::withoutData);
        String written = String.valueOf(VaultAnswer.text(metadata, "created_time"));
        SecretData secret = SecretData.of(fields(answer, content, ""))
                .withVersion(Long.toString(number))
                .withOrdinal(lineages.of(id, number, written), number);
        return moment(metadata, "deletion_time").map(secret::withExpiresAt).orElse(secret);
    }

    /** An answer with data: of a version that is deleted or destroyed there is a description with status 404. */
    private VaultAnswer versionedAnswer(Mounts.Place place, Token token, String version, long deadline) throws Refusal {
        var request = VaultRequest.get(place.readPath()).token(token.value());
        VaultAnswer answer = client.send(version.isEmpty() ? request : request.query("version", version), deadline);
        boolean describes = answer.status() == 404 && answer.object("data").isPresent();
        return describes ? answer : checked(place, answer);
    }

    private static long number(VaultAnswer answer) {
        return answer.object("data")
                .flatMap(data -> VaultAnswer.object(data, "metadata"))
                .map(metadata -> VaultAnswer.number(metadata, "version"))
                .orElse(0L);
    }

    private static SecretException gone(SecretId id, Branch<SecretValue> metadata) {
        long number = VaultAnswer.number(metadata, "version");
        String where = number > 0 ? " in version " + number : "";
        boolean destroyed = "true".equals(VaultAnswer.text(metadata, "destroyed"));
        return destroyed
                ? new SecretNotFoundException(id, "is destroyed" + where, "write it again; what was there is lost")
                        .because(Reason.DESTROYED)
                : new SecretNotFoundException(id, "is deleted" + where, "undelete that version, or write it again")
                        .because(Reason.DELETED);
    }

    private static Optional<Instant> moment(Branch<SecretValue> in, String name) {
        String text = VaultAnswer.text(in, name);
        try {
            return text == null || text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    // ---- without versions -------------------------------------------------------------------------------------------

    private VaultAnswer unversioned(SecretId id, Mounts.Place place, Token token, long deadline, boolean repeatable)
            throws Refusal {
        if (id.selector() != Selector.CURRENT) {
            throw Refusal.malformed(
                    "has no versions: " + place.path() + " is mounted as "
                            + place.kind().text(),
                    "leave ?version and ?previous out");
        }
        var request = VaultRequest.get(place.readPath()).token(token.value());
        return checked(place, repeatable ? client.send(request, deadline) : alone(request.once(), deadline));
    }

    /** Of what a secrets engine makes or renews, trouble in Vault is that of the engine: other secrets are well. */
    private VaultAnswer alone(VaultRequest request, long deadline) throws Refusal {
        try {
            return client.send(request, deadline);
        } catch (Refusal e) {
            throw e.isByVault() ? e.ofOneSecret() : e;
        }
    }

    private static SecretData fields(VaultAnswer answer) throws Refusal {
        return SecretData.of(fields(answer, answer.object("data").orElseThrow(VaultReader::withoutData), ""));
    }

    /** A secret that reading makes, with a lease; or one that the engine rotates, which says when it does so next. */
    private SecretData made(SecretId id, Mounts.Place place, Token token, long deadline) throws Refusal {
        long sent = timeline.nanos();
        VaultAnswer answer = unversioned(id, place, token, deadline, false);
        String lease = VaultAnswer.text(answer.root(), "lease_id");
        if (lease != null && !lease.isEmpty()) {
            token.leaseUnderIt();
            return fields(answer).withLease(lease(id, lease, answer, token, sent, ttl(answer) / SECOND));
        }
        Branch<SecretValue> data = answer.object("data").orElseThrow(VaultReader::withoutData);
        long ttl = Math.max(0, VaultAnswer.nanos(data, "ttl"));
        if (VaultAnswer.text(data, "last_vault_rotation") == null) {
            // Such as an identity token. It is no end: while there is no other, who gets it may still make do with it.
            return ttl == 0
                    ? fields(answer)
                    : fields(answer).withRefreshAt(timeline.now().plusNanos(ttl / 3 * 2));
        }
        // The time that is left is other at each look, and no content: a consumer would be told of each look.
        var next = Duration.ofNanos(ttl).plus(AFTER_ROTATION);
        return SecretData.of(fields(answer, data, "ttl"))
                .withRefreshAt(timeline.now().plus(next));
    }

    // ---- leases -----------------------------------------------------------------------------------------------------

    private Lease lease(SecretId id, String lease, VaultAnswer answer, Token token, long sent, long asked) {
        long ttl = VaultAnswer.sure(ttl(answer), asked * SECOND);
        long life = token.left(sent);
        boolean unstated = ttl <= 0 && asked > 0; // By a renewal: it lasts no longer than before.
        long shorter = ttl <= 0 ? life : Math.min(ttl, life);
        Duration lasts = unstated || shorter == Token.NEVER ? Duration.ZERO : Duration.ofNanos(Math.max(1, shorter));
        boolean renewable = "true".equals(VaultAnswer.text(answer.root(), "renewable")) && token != renewsNothing;
        var granted = Duration.ofNanos(Math.max(0, ttl));
        return new VaultLease(this, id, lease, asked, lasts, granted, renewable, token);
    }

    private static long ttl(VaultAnswer answer) {
        return VaultAnswer.nanos(answer.root(), "lease_duration");
    }

    /** Renews a lease, for as long as it was given for at first. It ends with the token that it was made under. */
    Lease renew(VaultLease lease, FetchContext context) {
        try {
            Token token = session.lasting(session.token(context), context);
            long sent = timeline.nanos();
            if (token != lease.token() && lease.endsWithItsToken(sent)) {
                throw Refusal.notFound("has a lease that ends with its token", "a new one is asked for");
            }
            VaultAnswer answer = renewal(lease, token, context);
            if (answer.status() == 403) {
                Token other = session.after(token, context);
                if (other == token) {
                    throw notRenewed(token);
                }
                sent = timeline.nanos();
                answer = renewal(lease, other, context); // It may live on, though its token does not.
            }
            if (!answer.isOk()) {
                throw Refusal.notFound(
                        "has a lease that the server does not know or does not renew (" + answer.status() + ")",
                        "a new one is asked for");
            }
            return lease(lease.secret(), lease.id(), answer, lease.token(), sent, lease.asked());
        } catch (Refusal e) {
            throw e.about(lease.secret());
        }
    }

    private VaultAnswer renewal(VaultLease lease, Token token, FetchContext context) throws Refusal {
        var fields = Map.of("lease_id", lease.id(), "increment", Long.toString(lease.asked()));
        return alone(VaultRequest.post("sys/leases/renew", fields).token(token.value()), client.deadline(context));
    }

    /** By a token that is good: it is not asked to renew again, and another lease is had without another login. */
    private Refusal notRenewed(Token token) {
        String problem = "has a lease that may not be renewed";
        String fix = "add to a policy: " + PolicyLine.of("sys/leases/renew", "update");
        if (session.isKnownGood(token)) {
            renewsNothing = token;
            return Refusal.notFound(problem, fix);
        }
        return Refusal.denied(problem, fix);
    }

    void revoke(VaultLease lease, FetchContext context) {
        try {
            Token token = session.token(context);
            VaultAnswer answer = client.send(
                    VaultRequest.post("sys/leases/revoke", Map.of("lease_id", lease.id()))
                            .token(token.value()),
                    client.deadline(context));
            if (answer.status() == 403) {
                throw Refusal.denied(
                        "has a lease that may not be revoked",
                        "add to a policy: " + PolicyLine.of("sys/leases/revoke", "update"));
            }
        } catch (Refusal e) {
            throw e.about(lease.secret());
        }
    }

    // ---- what all have in common ------------------------------------------------------------------------------------

    private VaultAnswer checked(Mounts.Place place, VaultAnswer answer) throws Refusal {
        return switch (answer.status()) {
            case 403 -> {
                mounts.doubt(place); // Of another kind it is read at another path.
                throw Refusal.denied(
                        "may not be read with this token",
                        "add to a policy: " + PolicyLine.of(place.readPath(), "read"));
            }
            case 404 -> {
                mounts.doubt(place);
                if (answer.namesErrors()) {
                    throw Refusal.unavailable(
                                    "cannot be read: nothing of that kind is mounted there, or there is no such namespace",
                                    "check the mount " + place.path() + " and the namespace")
                            .ofOneSecret();
                }
                throw Refusal.notFound("does not exist in " + place.path(), "write it, or correct the path");
            }
            case 400, 405 -> {
                mounts.doubt(place);
                throw Refusal.unavailable(
                                "cannot be read: the server does not read this path (" + answer.status() + ")",
                                "check the path; a role of a secrets engine must exist before it is read")
                        .ofOneSecret();
            }
            default -> answer;
        };
    }

    /** The members of an object, without null and without one name. What is an object itself is the JSON text of it. */
    private static Map<String, SecretValue> fields(VaultAnswer answer, Branch<SecretValue> content, String without) {
        var fields = new TreeMap<String, SecretValue>();
        content.members().forEach((name, member) -> {
            SecretValue value = value(answer, member);
            if (value != null && !name.equals(without)) {
                fields.put(name, value);
            }
        });
        return fields;
    }

    private static @Nullable SecretValue value(VaultAnswer answer, JsonNode<SecretValue> member) {
        if (member instanceof Leaf<SecretValue> leaf) {
            return leaf.value();
        }
        return member instanceof Branch<SecretValue> branch
                ? SecretValue.of(new String(Arrays.copyOfRange(answer.text(), branch.from(), branch.to())))
                : null;
    }

    private static Refusal withoutData() {
        return Refusal.unavailable(
                "was not answered by Vault: there is no data in the answer",
                "look for a proxy between here and the server");
    }
}
