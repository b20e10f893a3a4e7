package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a fetch returns. */
abstract class ReadingPromises extends Promises {

    ReadingPromises(SecretSourceContract contract) {
        super(contract);
    }

    @Test
    @DisplayName("a fetch returns all that was put, and nothing else")
    void returnsWhatWasPut() {
        put(ONE, "first");

        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("two secrets are not mixed up")
    void keepsSecretsApart() {
        put(ONE, "first");
        put(OTHER, "second");

        assertHolds("second", fetch(OTHER));
        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("text keeps its letters, spaces and line ends, the last one included")
    void leavesTextUntouched() {
        String text = " p\u00e4ssw\u00f6rd \ud83d\udd11\t\"$'\\{}\r\nsecond line\n";
        put(ONE, text);

        assertHolds(text, fetch(ONE));
    }

    @Test
    @DisplayName("bytes that are no text arrive as they are")
    void leavesBytesUntouched() {
        byte[] bytes = {0, 1, (byte) 0xff, (byte) 0xfe, '\r', '\n', (byte) 0x80, 0};
        contract.putBytes(ONE, bytes);

        SecretData data = fetch(ONE);

        var values = new ArrayList<SecretValue>(data.fields().values());
        data.value().ifPresent(values::add);
        assertEquals(1, values.size(), "one value was put");
        assertArrayEquals(bytes, values.get(0).revealBytes());
    }

    @Test
    @DisplayName("an empty value is a value, not a missing one")
    void returnsEmptyValues() {
        assumeTrue(contract.holdsEmptyValues(), "not applicable: this store holds no empty value");
        put(ONE, "");

        assertHolds("", fetch(ONE));
    }

    @Test
    @DisplayName("each fetch asks the store: what has changed is seen by the next one")
    void asksTheStoreEachTime() {
        put(ONE, "first");
        assertHolds("first", fetch(ONE));

        rotate(ONE, "second");
        assertHolds("second", fetch(ONE));

        rotate(ONE, "third");
        assertHolds("third", fetch(ONE));
    }

    @Test
    @DisplayName("what was fetched stays as it was when the secret changes later")
    void answersAreIndependent() {
        put(ONE, "first");
        SecretData before = fetch(ONE);

        rotate(ONE, "second");
        fetch(ONE);

        assertHolds("first", before);
    }

    @Test
    @DisplayName("the same content twice is the same content")
    void sameContentIsEqual() {
        put(ONE, "first");

        assertTrue(fetch(ONE).sameContent(fetch(ONE)), "two fetches of an unchanged secret differ");
    }

    @Test
    @DisplayName("a fetch that knows the version, or another one, gets a full answer all the same")
    void answersInFullWhateverIsKnown() {
        put(ONE, "first");
        String version = fetch(ONE).version().orElse("unknown");

        assertHolds("first", fetch(id(ONE), FetchCall.usual().knowing(version)));
        assertHolds("first", fetch(id(ONE), FetchCall.usual().knowing("no-version-of-this-store")));
    }

    @Test
    @DisplayName("a fetch that is to log in anew gets the same answer")
    void answersAfterAFreshLogin() {
        put(ONE, "first");

        assertHolds("first", fetch(id(ONE), FetchCall.usual().loggingIn()));
    }

    @Test
    @DisplayName("warming up is harmless, early and late")
    void warmsUpAtAnyTime() {
        put(ONE, "first");

        source().warm();
        assertHolds("first", fetch(ONE));
        source().warm();
        assertHolds("first", fetch(ONE));
    }

    @Test
    @DisplayName("a source finds nothing wrong with ids of its own secrets")
    void acceptsItsOwnIds() {
        put(ONE, "first");

        assertEquals(Optional.empty(), source().traits().problemWith(id(ONE)));
    }
}
