package io.github.secretsource;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncodingTest {

    @Test
    void decodesWhatTheJdkEncodes() {
        for (int length = 0; length < 200; length++) {
            var bytes = new byte[length];
            new Random(length).nextBytes(bytes);

            assertThat(Encoding.BASE64.decode(Base64.getEncoder().encode(bytes)))
                    .isEqualTo(bytes);
            assertThat(Encoding.BASE64URL.decode(Base64.getUrlEncoder().encode(bytes)))
                    .isEqualTo(bytes);
            assertThat(Encoding.BASE64URL.decode(
                            Base64.getUrlEncoder().withoutPadding().encode(bytes)))
                    .isEqualTo(bytes);
            assertThat(Encoding.HEX.decode(HexFormat.of().formatHex(bytes).getBytes(ISO_8859_1)))
                    .isEqualTo(bytes);
        }
    }

    @Test
    void takesHexadecimalDigitsOfBothCases() {
        assertThat(Encoding.HEX.decode("aBCdEf09".getBytes(ISO_8859_1))).containsExactly(0xAB, 0xCD, 0xEF, 0x09);
    }

    @Test
    void givesACopyWhereNothingIsEncoded() {
        byte[] bytes = {1, -2, 3};

        assertThat(Encoding.NONE.decode(bytes)).isEqualTo(bytes).isNotSameAs(bytes);
    }

    @ParameterizedTest(name = "{0} ''{1}'' at {2}")
    @DisplayName("B30 B31 malformed encodings are refused with the offset")
    @CsvSource({
        "BASE64, A, 1",
        "BASE64, AA, 2",
        "BASE64, AA=, 3",
        "BASE64, AAA, 3",
        "BASE64, AA===, 4",
        "BASE64, AAAA=, 4",
        "BASE64, =, 0",
        "BASE64, AA=A, 3",
        "BASE64, AAA-, 3",
        "BASE64, AAA_, 3",
        "BASE64, AB==, 1",
        "BASE64, AAB=, 2",
        "BASE64, 'AAAA ', 4",
        "BASE64, 'AAAA\n', 4",
        "BASE64, 'AAAA\r\nAAAA', 4",
        "BASE64, '\u00e9AAA', 0",
        "BASE64URL, AAA+, 3",
        "BASE64URL, AAA/, 3",
        "BASE64URL, AA=, 3",
        "BASE64URL, AAAAA, 5",
        "BASE64URL, AB, 1",
        "HEX, a, 1",
        "HEX, abc, 3",
        "HEX, 0x, 1",
        "HEX, 'ab ', 2",
        "HEX, ag, 1",
        "HEX, '0\u00b2', 1",
        "HEX, 'AB:CD', 2",
        "HEX, '@0', 0",
        "HEX, 'Q0', 0",
    })
    void refusesWhatIsNotExactlyEncoded(Encoding encoding, String text, int offset) {
        assertThatThrownBy(() -> encoding.decode(text.getBytes(ISO_8859_1)))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage("invalid " + encoding.referenceName() + " at " + offset);
    }
}
