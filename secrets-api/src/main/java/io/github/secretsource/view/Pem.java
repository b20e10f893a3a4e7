package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Finds the blocks of PEM text (RFC 7468) among whatever stands around them. Stateless. */
final class Pem {
    private static final byte[] BEGIN = "-----BEGIN ".getBytes(US_ASCII);
    private static final byte[] DASHES = "-----".getBytes(US_ASCII);
    private static final int MAX_LABEL = 64;

    private Pem() {}

    /**
     * One block; its content stays where it is.
     *
     * @param label what is in it, such as {@code CERTIFICATE}
     * @param from where the text after its first line begins
     * @param to where its last line begins
     */
    record Block(String label, int from, int to) {

        boolean isPrivateKey() {
            return label.endsWith("PRIVATE KEY");
        }

        /**
         * Returns what the block is the base64 of.
         *
         * @param text the text that the block was found in
         * @throws IllegalArgumentException if it is not base64; the message is the rest of a sentence about the text
         */
        byte[] content(byte[] text) {
            var digits = new byte[to - from];
            int length = 0;
            for (int at = from; at < to; at++) {
                if (" \t\r\n".indexOf(text[at]) < 0) {
                    digits[length++] = text[at];
                }
            }
            try {
                return Base64.getDecoder()
                        .decode(ByteBuffer.wrap(digits, 0, length))
                        .array();
            } catch (IllegalArgumentException e) { // its message has a character of the text
                throw new IllegalArgumentException("has a PEM block that is not base64 at byte " + from);
            } finally {
                Arrays.fill(digits, (byte) 0);
            }
        }
    }

    /**
     * Returns the blocks in their order.
     *
     * @throws IllegalArgumentException if one does not end; the message is the rest of a sentence about the text
     */
    static List<Block> blocks(byte[] text) {
        var blocks = new ArrayList<Block>();
        for (int begin = indexOf(text, BEGIN, 0); begin >= 0; begin = indexOf(text, BEGIN, begin)) {
            int labelFrom = begin + BEGIN.length;
            int labelTo = indexOf(text, DASHES, labelFrom);
            if (labelTo < 0 || labelTo - labelFrom > MAX_LABEL) {
                throw unfinished(begin);
            }
            int bodyFrom = labelTo + DASHES.length;
            var end = ("-----END " + label(text, labelFrom, labelTo) + "-----").getBytes(US_ASCII);
            int bodyTo = indexOf(text, end, bodyFrom);
            if (bodyTo < 0) {
                throw unfinished(begin);
            }
            blocks.add(new Block(label(text, labelFrom, labelTo), bodyFrom, bodyTo));
            begin = bodyTo + end.length;
        }
        return blocks;
    }

    private static String label(byte[] text, int from, int to) {
        return new String(text, from, to - from, US_ASCII);
    }

    private static IllegalArgumentException unfinished(int begin) {
        return new IllegalArgumentException("has a PEM block without an end at byte " + begin);
    }

    private static int indexOf(byte[] text, byte[] wanted, int from) {
        for (int at = from; at <= text.length - wanted.length; at++) {
            if (Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
