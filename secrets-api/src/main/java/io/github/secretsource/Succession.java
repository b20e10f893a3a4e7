package io.github.secretsource;

import io.github.secretsource.spi.SecretData;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether a content may take the place of the one held. A store with replicas may answer with an older one after a
 * newer; so may one whose secret was made anew. Such an answer is believed when it is the third equal one and half a
 * minute has passed since the first. Guarded by the keeper's lock.
 *
 * <p>Older is what has a lower ordinal of the same lineage. Where there are no ordinals, it is what equals one of the
 * last four contents that were replaced within the last minute; of these only salted digests are kept.
 */
final class Succession {

    private static final int REMEMBERED = 4;
    private static final long MEMORY = 60 * Plan.SECOND;
    private static final int ANSWERS = 3;

    private static final long DOUBT = 30 * Plan.SECOND;

    /** The time between two looks at a content in doubt. */
    static final long LOOK = DOUBT / 2;

    enum Verdict {
        FOLLOWS,
        IN_DOUBT,
        BACK
    }

    /** The digest of a content and when it was replaced. */
    private record Replaced(ByteBuffer digest, long at) {}

    private final Deque<Replaced> replaced = new ArrayDeque<>(REMEMBERED);
    private @Nullable ByteBuffer candidate;
    private long candidateOrdinal;
    private int answers;
    private long doubtedAt;

    Verdict judge(SecretData held, SecretData answer, long now) {
        ByteBuffer digest = isOlder(held, answer, now);
        if (digest == null) {
            return Verdict.FOLLOWS;
        }
        if (!digest.equals(candidate) || candidateOrdinal != answer.ordinal()) {
            candidate = digest;
            candidateOrdinal = answer.ordinal();
            answers = 0;
            doubtedAt = now;
        }
        answers++;
        return answers >= ANSWERS && now - doubtedAt >= DOUBT ? Verdict.BACK : Verdict.IN_DOUBT;
    }

    /** The source gave the content held, or one that follows it: there is no doubt any more. */
    void settled() {
        candidate = null;
    }

    /** A content was replaced; where ordinals tell, there is nothing to remember. */
    void replaced(SecretData old, long now) {
        if (old.lineage().isEmpty()) {
            if (replaced.size() == REMEMBERED) {
                replaced.removeFirst();
            }
            replaced.addLast(new Replaced(digest(old), now));
        }
    }

    /** The digest of an answer that is older than what is held; null if it is not. */
    private @Nullable ByteBuffer isOlder(SecretData held, SecretData answer, long now) {
        if (answer.lineage().isPresent()) {
            return hasLowerOrdinal(held, answer) ? digest(answer) : null;
        }
        replaced.removeIf(past -> now - past.at() > MEMORY);
        if (replaced.isEmpty() && candidate == null) {
            return null;
        }
        ByteBuffer digest = digest(answer);
        // What was recognised once stays in doubt, though the minute passes.
        boolean known = digest.equals(candidate)
                || replaced.stream().anyMatch(past -> past.digest().equals(digest));
        return known ? digest : null;
    }

    static boolean hasLowerOrdinal(SecretData held, SecretData answer) {
        return answer.lineage().isPresent()
                && answer.lineage().equals(held.lineage())
                && answer.ordinal() < held.ordinal();
    }

    private static ByteBuffer digest(SecretData data) {
        MessageDigest digest = Salt.digest();
        data.contentType().ifPresent(type -> add(digest, type.getBytes(StandardCharsets.UTF_8)));
        data.value().ifPresent(value -> add(digest, value));
        for (var field : new TreeMap<>(data.fields()).entrySet()) {
            add(digest, field.getKey().getBytes(StandardCharsets.UTF_8));
            add(digest, field.getValue());
        }
        return ByteBuffer.wrap(digest.digest());
    }

    private static void add(MessageDigest digest, SecretValue value) {
        boolean unused = value.use(bytes -> {
            add(digest, bytes);
            return true;
        });
    }

    private static void add(MessageDigest digest, byte[] bytes) {
        digest.update((byte) (bytes.length >>> 24));
        digest.update((byte) (bytes.length >>> 16));
        digest.update((byte) (bytes.length >>> 8));
        digest.update((byte) bytes.length);
        digest.update(bytes);
    }

    /** Random bytes of this process, so that a digest tells nothing about a value outside of it. */
    private static final class Salt {

        private static final byte[] SALT = new byte[32];

        static {
            new SecureRandom().nextBytes(SALT);
        }

        static MessageDigest digest() {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(SALT);
                return digest;
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
