package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.spi.SecretData;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Labels of contents, and the contents besides the current one. */
abstract class VersionPromises extends Promises {

    /** What stores call versions; the first that the source would take is asked for. */
    private static final List<String> UNKNOWN = List.of("00000000-0000-4000-8000-000000000000", "999999");

    private static final int TELLING_DIGITS = 12;

    VersionPromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("a version, if there is one, stays while the content stays")
    void versionStays() {
        put(ONE, "first");

        assertEquals(fetch(ONE).version(), fetch(ONE).version());
    }

    @Test
    @DisplayName("a version, if there is one, is another after a rotation")
    void versionChanges() {
        put(ONE, "first");
        SecretData before = assumeVersioned(fetch(ONE));

        rotate(ONE, "second");

        assertNotEquals(before.version(), fetch(ONE).version());
    }

    @Test
    @DisplayName("an ordinal, if there is one, grows with each rotation of its lineage")
    void ordinalGrows() {
        put(ONE, "first");
        SecretData before = fetch(ONE);
        assumeTrue(before.lineage().isPresent(), "not applicable: this source gives no ordinal");

        rotate(ONE, "second");
        SecretData after = fetch(ONE);

        assertEquals(before.lineage(), after.lineage(), "a rotation is no new lineage");
        assertTrue(after.ordinal() > before.ordinal(), "the ordinal does not grow");
    }

    @Test
    @DisplayName("a lineage, if there is one, is another for a secret made anew")
    void lineageEndsWithTheSecret() {
        put(ONE, "first");
        SecretData before = fetch(ONE);
        assumeTrue(before.lineage().isPresent(), "not applicable: this source gives no ordinal");
        contract.remove(ONE);
        put(ONE, "first");

        SecretData after = fetch(ONE);

        boolean later = after.ordinal() > before.ordinal();
        assertTrue(later || !before.lineage().equals(after.lineage()), "the ordinal goes back in one lineage");
    }

    @Test
    @DisplayName("a version tells nothing of the content: neither a part nor a digest of it")
    void versionTellsNothing() throws NoSuchAlgorithmException {
        String value = Canary.next().value();
        put(ONE, value);
        String version = assumeVersioned(fetch(ONE)).version().orElseThrow().toLowerCase(Locale.ROOT);

        assertFalse(version.contains(value.toLowerCase(Locale.ROOT)), "the version holds the value");
        for (String algorithm : List.of("MD5", "SHA-1", "SHA-256", "SHA-512")) {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(value.getBytes(UTF_8));
            String telling = HexFormat.of().formatHex(digest).substring(0, TELLING_DIGITS);
            assertFalse(version.contains(telling), "the version is the " + algorithm + " of a value");
        }
        assertNotEquals(Integer.toHexString(value.hashCode()), version, "the version is the hash of a value");
    }

    @Test
    @DisplayName("an old version, asked for by its label, has its old content")
    void fetchesAVersion() {
        assumeSelector(Selector.VERSION);
        put(ONE, "first");
        SecretId old = id(ONE).atVersion(assumeVersioned(fetch(ONE)).version().orElseThrow());

        rotate(ONE, "second");

        assertHolds("first", fetch(old, FetchCall.usual()));
        assertHolds("second", fetch(ONE));
    }

    @Test
    @DisplayName("a version that never was is NotFound, not the current one")
    void unknownVersionIsNotFound() {
        assumeSelector(Selector.VERSION);
        put(ONE, "first");
        var unknown = UNKNOWN.stream()
                .map(label -> id(ONE).atVersion(label))
                .filter(id -> source().traits().problemWith(id).isEmpty())
                .findFirst();
        assumeTrue(unknown.isPresent(), "not applicable: labels of versions are special here");

        assertMissing(unknown.orElseThrow());
    }

    @Test
    @DisplayName("the previous content is the one before the last rotation")
    void fetchesThePrevious() {
        assumeSelector(Selector.PREVIOUS);
        put(ONE, "first");
        rotate(ONE, "second");
        assertHolds("first", fetch(id(ONE).atPrevious(), FetchCall.usual()));

        rotate(ONE, "third");
        assertHolds("second", fetch(id(ONE).atPrevious(), FetchCall.usual()));
    }

    @Test
    @DisplayName("the previous content of a secret that never rotated is NotFound, not the current one")
    void noPreviousIsNotFound() {
        assumeSelector(Selector.PREVIOUS);
        put(ONE, "first");

        assertMissing(id(ONE).atPrevious());
    }

    @Test
    @DisplayName("a stage has the content it points at, and the current content stays")
    void fetchesAStage() {
        assumeSelector(Selector.STAGE);
        put(ONE, "first");
        contract.putStage(ONE, "pending", content("next"));

        assertHolds("next", fetch(id(ONE).atStage("pending"), FetchCall.usual()));
        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("a stage that points nowhere is NotFound, not the current content")
    void unknownStageIsNotFound() {
        assumeSelector(Selector.STAGE);
        put(ONE, "first");

        assertMissing(id(ONE).atStage("kit-nowhere"));
    }

    private void assertMissing(SecretId id) {
        assertRefused(SecretNotFoundException.class, id, () -> fetch(id, FetchCall.usual()));
    }

    private void assumeSelector(Selector selector) {
        boolean can = source().traits().selectors().contains(selector);
        assumeTrue(can, "not applicable: this source has no " + selector.name().toLowerCase(Locale.ROOT));
    }

    private static SecretData assumeVersioned(SecretData data) {
        assumeTrue(data.version().isPresent(), "not applicable: this source gives no version");
        return data;
    }
}
