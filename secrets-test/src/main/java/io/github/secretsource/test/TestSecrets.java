package io.github.secretsource.test;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretRef;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Secrets of one test, and what happens to them, in one line each. References are those of the application's code:
 * {@code orders-db:app} is a secret, {@code orders-db:app#password} one of its fields.
 *
 * <p>Safe for concurrent use, though a test that changes one secret on two threads cannot know the outcome.
 */
public final class TestSecrets {

    private final Map<String, InMemorySecrets> sources;
    private final FakeTime time;
    private final Secrets secrets;
    private final Map<SecretId, Map<String, String>> held = new ConcurrentHashMap<>();

    TestSecrets(Map<String, InMemorySecrets> sources, FakeTime time, Secrets secrets) {
        this.sources = sources;
        this.time = time;
        this.secrets = secrets;
    }

    /**
     * Returns what the application is given.
     *
     * @return the secrets of this test, closed after it
     */
    public Secrets secrets() {
        return secrets;
    }

    /**
     * Returns the time of this test.
     *
     * @return the timeline of {@link #secrets}
     */
    public FakeTime time() {
        return time;
    }

    /**
     * Returns a source, for what has no verb here: counts of fetches, leases, stages, bytes.
     *
     * @param name one of {@link SecretsTest#sources()}
     * @return the source
     * @throws IllegalArgumentException if there is none of that name
     */
    public InMemorySecrets source(String name) {
        InMemorySecrets source = sources.get(name);
        if (source == null) {
            throw new IllegalArgumentException("no source '" + name + "' in this test; @SecretsTest(sources = …) names "
                    + String.join(", ", sources.keySet()));
        }
        return source;
    }

    /**
     * Sets a secret, or one field of it; the fields set here before stay.
     *
     * @param ref reference to a secret or a field
     * @param value the text
     * @return these secrets
     */
    public TestSecrets put(String ref, String value) {
        SecretRef parsed = parse(ref);
        if (parsed.field().isEmpty()) {
            held.remove(parsed.id());
            source(parsed.id().source()).put(parsed.id().path(), value);
            return this;
        }
        String field = literal(parsed.field().orElseThrow());
        source(parsed.id().source()).put(parsed.id().path(), with(parsed.id(), field, value));
        return this;
    }

    /**
     * Sets all fields of a secret, in one version.
     *
     * @param ref reference to a secret
     * @param fields name to text
     * @return these secrets
     */
    public TestSecrets put(String ref, Map<String, String> fields) {
        SecretId id = whole(ref);
        held.put(id, Map.copyOf(fields));
        source(id.source()).put(id.path(), fields);
        return this;
    }

    /**
     * Rotates a secret, or one field of it. When this returns, handles hold the new value and their consumers have been
     * told, unless the secret is slow or in trouble.
     *
     * @param ref reference to a secret or a field
     * @param value the new text
     */
    public void rotate(String ref, String value) {
        put(ref, value);
        settle(parse(ref).id());
    }

    /**
     * Rotates all fields of a secret in one version, as {@link #rotate(String, String)} does one.
     *
     * @param ref reference to a secret
     * @param fields name to text
     */
    public void rotate(String ref, Map<String, String> fields) {
        put(ref, fields);
        settle(whole(ref));
    }

    /**
     * Denies a secret. What was never read is refused at once; a handle withdraws its value when the denial is
     * confirmed, within two seconds.
     *
     * @param ref reference to the secret or a field of it
     */
    public void deny(String ref) {
        change(ref, InMemorySecrets::deny);
    }

    /**
     * Makes a secret unavailable. Handles serve the last good value.
     *
     * @param ref reference to the secret or a field of it
     */
    public void fail(String ref) {
        change(ref, InMemorySecrets::fail);
    }

    /**
     * Makes each fetch of a secret take time: beyond the deadline, a first read fails.
     *
     * @param ref reference to the secret or a field of it
     * @param each how long
     */
    public void delay(String ref, Duration each) {
        change(ref, (source, path) -> source.delay(path, each));
    }

    /**
     * Ends what {@link #deny}, {@link #fail} and {@link #delay} began; handles are fresh when this returns.
     *
     * @param ref reference to the secret or a field of it
     */
    public void recover(String ref) {
        change(ref, (source, path) -> {
            source.delay(path, Duration.ZERO);
            source.recover(path);
        });
    }

    /**
     * Removes a secret. A handle withdraws its value when that is confirmed, within two seconds.
     *
     * @param ref reference to the secret or a field of it
     */
    public void remove(String ref) {
        held.remove(parse(ref).id());
        change(ref, InMemorySecrets::remove);
    }

    /**
     * Lets time pass, with all that happens in it.
     *
     * @param span how long; not negative
     */
    public void advance(Duration span) {
        time.advance(span);
    }

    private void change(String ref, BiConsumer<InMemorySecrets, String> change) {
        SecretId id = parse(ref).id();
        change.accept(source(id.source()), id.path());
        settle(id);
    }

    /** Until what a hint leads to is done: at once, or a gap after the fetch before. */
    private void settle(SecretId id) {
        time.settle();
        time.advance(source(id.source()).traits().hintGap());
    }

    private Map<String, String> with(SecretId id, String field, String value) {
        return held.merge(id, Map.of(field, value), (before, added) -> {
            var fields = new TreeMap<>(before);
            fields.putAll(added);
            return Map.copyOf(fields);
        });
    }

    private static String literal(String field) {
        if (field.startsWith("/")) {
            throw new IllegalArgumentException("put the whole secret: a JSON pointer names no field: #" + field);
        }
        return field;
    }

    private static SecretId whole(String ref) {
        SecretRef parsed = parse(ref);
        if (parsed.field().isPresent()) {
            throw new IllegalArgumentException("fields belong to a secret, not to a field: " + ref);
        }
        return parsed.id();
    }

    private static SecretRef parse(String ref) {
        SecretRef parsed = SecretRef.parse(ref);
        if (parsed.id().selector() != SecretId.Selector.CURRENT) {
            throw new IllegalArgumentException("only the current content can be changed here: " + ref);
        }
        return parsed;
    }

    @Override
    public String toString() {
        return "TestSecrets" + sources.keySet();
    }
}
