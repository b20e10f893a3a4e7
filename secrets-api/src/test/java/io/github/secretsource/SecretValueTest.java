package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.test.Canary;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The only four ways out of a value. */
class SecretValueTest {

    private static final String TEXT = "pässwörd \uD83D\uDD11";

    @Test
    void revealsWhatItWasMadeOf() {
        assertThat(SecretValue.of(TEXT).reveal()).isEqualTo(TEXT);
        assertThat(SecretValue.of(TEXT).revealBytes()).isEqualTo(TEXT.getBytes(StandardCharsets.UTF_8));
        assertThat(SecretValue.of(new byte[] {0, -1}).revealBytes()).containsExactly(0, -1);
        assertThat(SecretValue.of("").reveal()).isEmpty();
    }

    @Test
    void isNotChangedThroughArraysThatWentInOrOut() {
        byte[] given = {1, 2, 3};
        SecretValue value = SecretValue.of(given);

        given[0] = 9;
        value.revealBytes()[1] = 9;
        int unused = value.use(lent -> lent[2] = 9);

        assertThat(value.revealBytes()).containsExactly(1, 2, 3);
    }

    @Test
    void wipesTheBytesItLent() {
        var lent = new AtomicReference<byte[]>();

        int length = SecretValue.of("abc").use(bytes -> {
            lent.set(bytes);
            return bytes.length;
        });

        assertThat(length).isEqualTo(3);
        assertThat(lent.get()).containsExactly(0, 0, 0);
    }

    @Test
    void wipesTheBytesItLentAlsoWhenTheirUseFails() {
        var lent = new AtomicReference<byte[]>();
        var failure = new java.io.IOException("reset");

        assertThatThrownBy(() -> SecretValue.of("abc").use(bytes -> {
                    lent.set(bytes);
                    throw failure;
                }))
                .isSameAs(failure);

        assertThat(lent.get()).containsExactly(0, 0, 0);
    }

    @Test
    void wipesTheCharactersItLent() {
        var lent = new AtomicReference<char[]>();

        String seen = SecretValue.of(TEXT).useChars(chars -> {
            lent.set(chars);
            return new String(chars);
        });

        assertThat(seen).isEqualTo(TEXT);
        assertThat(lent.get()).containsOnly('\0').hasSize(TEXT.length());
    }

    @Test
    void wipesTheCharactersItLentAlsoWhenTheirUseFails() {
        var lent = new AtomicReference<char[]>();

        assertThatThrownBy(() -> SecretValue.of("abc").useChars(chars -> {
                    lent.set(chars);
                    throw new AssertionError("failed");
                }))
                .isInstanceOf(AssertionError.class);

        assertThat(lent.get()).containsExactly('\0', '\0', '\0');
    }

    @ParameterizedTest
    @DisplayName("B35 what is not strictly UTF-8 is no text")
    @ValueSource(
            strings = {"80", "61ff", "c080", "e08080", "eda080", "edbfbf", "f4908080", "e282", "61e28261", "f09f94"})
    void refusesToReadWhatIsNotText(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        SecretValue own = SecretValue.of(bytes);
        SecretValue fetched = TestSecrets.whole(bytes).value();

        assertThatThrownBy(own::reveal)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> own.useChars(chars -> chars.length)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(fetched::reveal)
                .isInstanceOf(SecretFormatException.class)
                .hasMessageContaining("mem:app is not UTF-8 text at byte");
        assertThat(own.revealBytes()).isEqualTo(bytes);
    }

    @Test
    void refusesHalfASurrogatePair() {
        var canary = Canary.next();

        assertThatThrownBy(() -> SecretValue.of(canary.value() + "\uD83D"))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(
                        e -> assertThat(canary.findIn(TestSecrets.printed(e))).isEmpty());
    }

    @Test
    void theErrorOfBytesThatAreNoTextHoldsNoneOfThem() {
        var canary = Canary.next();
        byte[] bytes = (canary.value() + "!").getBytes(StandardCharsets.UTF_8);
        bytes[bytes.length - 1] = (byte) 0xff;

        assertThatThrownBy(() -> SecretValue.of(bytes).reveal())
                .satisfies(
                        e -> assertThat(canary.findIn(TestSecrets.printed(e))).isEmpty());
    }

    @Test
    @DisplayName("L11 equal by bytes; the hash is no hash of the bytes alone")
    void hashesWithSalt() throws Exception {
        SecretValue value = SecretValue.of(TEXT);
        byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
        int digest = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes))
                .getInt();

        assertThat(value).isEqualTo(SecretValue.of(bytes)).hasSameHashCodeAs(SecretValue.of(bytes));
        assertThat(value).isNotEqualTo(SecretValue.of("other")).isNotEqualTo(TEXT);
        assertThat(value.hashCode())
                .isNotIn(
                        TEXT.hashCode(),
                        Arrays.hashCode(bytes),
                        ByteBuffer.wrap(bytes).hashCode(),
                        digest,
                        0);
    }

    @Test
    void printsNeitherTheValueNorItsLength() {
        assertThat(SecretValue.of("a")).hasToString(SecretValue.of(TEXT).toString());
    }
}
