package io.github.secretsource;

import java.util.Arrays;
import java.util.Base64;

/**
 * How the bytes of a field are written where they are kept: as they are, or as base64 or hexadecimal text.
 *
 * <p>A reference asks for decoding with {@code encoding=}, as in {@code vault:app/tls?encoding=base64#keystore}.
 * Decoding is strict: no blanks, no line breaks, no characters of another alphabet, no bits left over. Content that
 * breaks these rules is malformed; it is never passed on undecoded.
 *
 * <p>Safe for concurrent use, as every enum is.
 */
public enum Encoding {
    /** The bytes are the value; nothing is decoded. This is what a reference without {@code encoding=} means. */
    NONE("none"),

    /** The standard alphabet with {@code +} and {@code /} of RFC 4648 section 4; the padding is required. */
    BASE64("base64"),

    /** The URL-safe alphabet with {@code -} and {@code _} of RFC 4648 section 5; complete padding or none at all. */
    BASE64URL("base64url"),

    /** Two hexadecimal digits per byte, in upper or lower case, with nothing between them. */
    HEX("hex");

    private final String referenceName;

    Encoding(String referenceName) {
        this.referenceName = referenceName;
    }

    /**
     * Returns the name a reference uses after {@code encoding=}.
     *
     * @return the name, for instance {@code base64url}; {@code none} for {@link #NONE}, which no reference spells out
     */
    public String referenceName() {
        return referenceName;
    }

    /**
     * Returns the decoded bytes in a new array; the argument is left as it is.
     *
     * @throws IllegalArgumentException if the content breaks the rules of this encoding; the message has the name of
     *     the encoding and the offset of the first offending byte, and never any content
     */
    byte[] decode(byte[] encoded) {
        return switch (this) {
            case NONE -> encoded.clone();
            case BASE64, BASE64URL -> decodeBase64(encoded);
            case HEX -> decodeHex(encoded);
        };
    }

    private byte[] decodeBase64(byte[] encoded) {
        int digits = 0;
        while (digits < encoded.length && sextet(encoded[digits]) >= 0) {
            digits++;
        }
        checkPadding(encoded, digits);
        int spareBits = digits % 4 == 2 ? 0b1111 : digits % 4 == 3 ? 0b11 : 0;
        if (spareBits != 0 && (sextet(encoded[digits - 1]) & spareBits) != 0) {
            throw invalid(digits - 1);
        }
        var decoder = this == BASE64 ? Base64.getDecoder() : Base64.getUrlDecoder();
        return decoder.decode(encoded);
    }

    private void checkPadding(byte[] encoded, int digits) {
        int wanted = (4 - digits % 4) % 4;
        int end = digits;
        while (end < encoded.length && end - digits < wanted && encoded[end] == '=') {
            end++;
        }
        boolean complete = end - digits == wanted || (this == BASE64URL && end == digits);
        if (end < encoded.length || !complete || digits % 4 == 1) {
            throw invalid(end);
        }
    }

    /** Returns the six bits a base64 digit stands for, or -1 for a byte that is no digit of this alphabet. */
    private int sextet(byte digit) {
        if (digit >= 'A' && digit <= 'Z') {
            return digit - 'A';
        }
        if (digit >= 'a' && digit <= 'z') {
            return digit - 'a' + 26;
        }
        if (digit >= '0' && digit <= '9') {
            return digit - '0' + 52;
        }
        if (digit == (this == BASE64 ? '+' : '-')) {
            return 62;
        }
        return digit == (this == BASE64 ? '/' : '_') ? 63 : -1;
    }

    private byte[] decodeHex(byte[] encoded) {
        var decoded = new byte[encoded.length / 2];
        for (int at = 0; at < encoded.length; at++) {
            int digit = nibble(encoded[at]);
            if (digit < 0) {
                Arrays.fill(decoded, (byte) 0);
                throw invalid(at);
            }
            if (at / 2 < decoded.length) {
                decoded[at / 2] = (byte) ((decoded[at / 2] << 4) | digit);
            }
        }
        if (encoded.length % 2 != 0) {
            Arrays.fill(decoded, (byte) 0);
            throw invalid(encoded.length);
        }
        return decoded;
    }

    /** Returns the four bits of a hexadecimal digit or -1; {@code Character.digit} would take digits of any script. */
    private static int nibble(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int lower = digit | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private IllegalArgumentException invalid(int offset) {
        return new IllegalArgumentException("invalid " + referenceName + " at " + offset);
    }
}
