package io.github.secretsource;

import java.util.Objects;

/**
 * One finding about one secret, for people to read: what stands in its way and what to do. Holds no value. Immutable
 * and safe for concurrent use.
 */
public final class Diagnosis {

    private final SecretId id;
    private final boolean healthy;
    private final String finding;
    private final String fix;

    private Diagnosis(SecretId id, boolean healthy, String finding, String fix) {
        this.id = Objects.requireNonNull(id, "id");
        this.healthy = healthy;
        this.finding = Objects.requireNonNull(finding, "finding");
        this.fix = Objects.requireNonNull(fix, "fix");
    }

    /**
     * Returns the finding that nothing stands in the way.
     *
     * @param id which secret
     * @param finding what was seen
     * @return a healthy finding without a fix
     */
    public static Diagnosis healthy(SecretId id, String finding) {
        return new Diagnosis(id, true, finding, "");
    }

    /**
     * Returns the finding that something stands in the way.
     *
     * @param id which secret
     * @param finding what was seen, without any value
     * @param fix what would help
     * @return an unhealthy finding
     */
    public static Diagnosis problem(SecretId id, String finding, String fix) {
        return new Diagnosis(id, false, finding, fix);
    }

    /**
     * Returns which secret.
     *
     * @return the id
     */
    public SecretId id() {
        return id;
    }

    /**
     * Returns whether nothing stands in the way.
     *
     * @return true for {@link #healthy}
     */
    public boolean isHealthy() {
        return healthy;
    }

    /**
     * Returns what was seen.
     *
     * @return one sentence
     */
    public String finding() {
        return finding;
    }

    /**
     * Returns what would help.
     *
     * @return one sentence, empty if nothing is needed
     */
    public String fix() {
        return fix;
    }

    @Override
    public String toString() {
        return id + " " + finding + (fix.isEmpty() ? "" : "; " + fix);
    }
}
