package io.github.secretsource.spi;

import io.github.secretsource.SecretValue;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a source answered: one value or named fields, and what the store said about them.
 *
 * <p>Immutable and safe for concurrent use. It prints no value.
 */
public final class SecretData {

    private final @Nullable SecretValue value;
    private final Map<String, SecretValue> fields;
    private final Facts facts;

    /** Everything but the content; one object, so that a wither is one line. */
    private record Facts(
            @Nullable String version,
            @Nullable String lineage,
            long ordinal,
            @Nullable Instant expiresAt,
            @Nullable Instant refreshAt,
            @Nullable String contentType,
            @Nullable Lease lease,
            boolean rotates) {

        static final Facts NONE = new Facts(null, null, 0, null, null, null, null, true);

        Facts withVersion(String version) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withOrdinal(String lineage, long ordinal) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withExpiresAt(Instant expiresAt) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withRefreshAt(Instant refreshAt) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withContentType(String contentType) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withLease(Lease lease) {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, rotates);
        }

        Facts withoutRotation() {
            return new Facts(version, lineage, ordinal, expiresAt, refreshAt, contentType, lease, false);
        }
    }

    private SecretData(@Nullable SecretValue value, Map<String, SecretValue> fields, Facts facts) {
        this.value = value;
        this.fields = fields;
        this.facts = facts;
    }

    /**
     * Returns data of one value.
     *
     * @param value the whole content
     * @return data without fields, version or dates
     */
    public static SecretData of(SecretValue value) {
        return new SecretData(Objects.requireNonNull(value, "value"), Map.of(), Facts.NONE);
    }

    /**
     * Returns data of named fields, which may be none.
     *
     * @param fields name to value; copied
     * @return data without a whole value, version or dates
     */
    public static SecretData of(Map<String, SecretValue> fields) {
        var copy = new TreeMap<String, SecretValue>();
        for (var field : fields.entrySet()) {
            String name = Objects.requireNonNull(field.getKey(), "field name");
            copy.put(name, Objects.requireNonNull(field.getValue(), "field value"));
        }
        return new SecretData(null, Collections.unmodifiableMap(copy), Facts.NONE);
    }

    /**
     * Returns the same data with the store's label of this content.
     *
     * @param version opaque, loggable, compared for equality only; neither a part nor a digest of the value. A digest of
     *     ciphertext, or of a time stamp and a size, is fine; left out where the store has none
     * @return new data
     */
    public SecretData withVersion(String version) {
        Objects.requireNonNull(version, "version");
        return with(facts.withVersion(version));
    }

    /**
     * Returns the same data with a number that only grows while the secret is not recreated, such as a resource
     * version. An answer with a lower number of the same lineage is not published before it has been given three times
     * over half a minute: a replica may lag, but a secret may also be made anew.
     *
     * @param lineage what the number belongs to, such as a uid; numbers of different lineages do not compare
     * @param ordinal the number; a creation date is none
     * @return new data
     */
    public SecretData withOrdinal(String lineage, long ordinal) {
        Objects.requireNonNull(lineage, "lineage");
        return with(facts.withOrdinal(lineage, ordinal));
    }

    /**
     * Returns the same data with the moment at which the value dies. The engine asks again then; it goes on serving the
     * value until the source says that it is gone, or maxStale.
     *
     * @param moment on the store's wall clock
     * @return new data
     */
    public SecretData withExpiresAt(Instant moment) {
        Objects.requireNonNull(moment, "expiresAt");
        return with(facts.withExpiresAt(moment));
    }

    /**
     * Returns the same data with the moment at which to look again: advice to the schedule, nothing more.
     *
     * @param moment on the store's wall clock
     * @return new data
     */
    public SecretData withRefreshAt(Instant moment) {
        Objects.requireNonNull(moment, "refreshAt");
        return with(facts.withRefreshAt(moment));
    }

    /**
     * Returns the same data with the store's content type.
     *
     * @param type as the store states it
     * @return new data
     */
    public SecretData withContentType(String type) {
        Objects.requireNonNull(type, "contentType");
        return with(facts.withContentType(type));
    }

    /**
     * Returns the same data with its lease. A leased secret is not polled, since each fetch would bring another lease:
     * while somebody holds it the lease is renewed at two thirds of its time, and a new one fetched before it ends
     * where that does not help. At its end the value is refused.
     *
     * @param lease the store's promise
     * @return new data
     */
    public SecretData withLease(Lease lease) {
        Objects.requireNonNull(lease, "lease");
        return with(facts.withLease(lease));
    }

    /**
     * Returns the same data marked as one that cannot change while the process runs, such as a file mounted by
     * {@code subPath}. It is reported; the engine goes on looking.
     *
     * @return new data
     */
    public SecretData withoutRotation() {
        return with(facts.withoutRotation());
    }

    private SecretData with(Facts changed) {
        return new SecretData(value, fields, changed);
    }

    /**
     * Returns the whole content, if it is one value.
     *
     * @return the value, or empty for named fields
     */
    public Optional<SecretValue> value() {
        return Optional.ofNullable(value);
    }

    /**
     * Returns the named fields in the order of their names.
     *
     * @return name to value, unmodifiable; empty for one value
     */
    public Map<String, SecretValue> fields() {
        return fields;
    }

    /**
     * Returns the store's label of this content.
     *
     * @return the version, or empty if the store has none
     */
    public Optional<String> version() {
        return Optional.ofNullable(facts.version);
    }

    /**
     * Returns what {@link #ordinal()} belongs to.
     *
     * @return the lineage, or empty if there is no ordinal
     */
    public Optional<String> lineage() {
        return Optional.ofNullable(facts.lineage);
    }

    /**
     * Returns the growing number of this content.
     *
     * @return the ordinal; meaningless without {@link #lineage()}
     */
    public long ordinal() {
        return facts.ordinal;
    }

    /**
     * Returns when the value dies.
     *
     * @return a moment on the store's wall clock, or empty
     */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(facts.expiresAt);
    }

    /**
     * Returns when to look again.
     *
     * @return a moment on the store's wall clock, or empty
     */
    public Optional<Instant> refreshAt() {
        return Optional.ofNullable(facts.refreshAt);
    }

    /**
     * Returns the store's content type.
     *
     * @return the type, or empty
     */
    public Optional<String> contentType() {
        return Optional.ofNullable(facts.contentType);
    }

    /**
     * Returns the lease.
     *
     * @return the lease, or empty
     */
    public Optional<Lease> lease() {
        return Optional.ofNullable(facts.lease);
    }

    /**
     * Returns whether the content can change while the process runs.
     *
     * @return false only if {@link #withoutRotation()} was said
     */
    public boolean rotates() {
        return facts.rotates;
    }

    /**
     * Returns whether both hold the same content: equal values, fields and content type. Versions, dates and leases
     * are not content: a relabelled identical secret is no rotation.
     *
     * @param other what to compare with
     * @return whether the contents are equal, compared in constant time per value
     */
    public boolean sameContent(SecretData other) {
        return Objects.equals(value, other.value)
                && fields.equals(other.fields)
                && Objects.equals(facts.contentType, other.facts.contentType);
    }

    @Override
    public String toString() {
        return "SecretData[fields=" + fields.keySet() + ", version=" + facts.version + "]";
    }
}
