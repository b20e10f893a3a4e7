package io.github.secretsource.view;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/** Reads private keys in the formats that OpenSSL writes. Stateless. */
final class PrivateKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final int MAX_HEADER = 6;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
    private static final byte[] PROBE = new byte[32];

    private PrivateKeys() {}

    /**
     * Returns the only private key in a PEM text.
     *
     * @param text the text; may hold other things too
     * @param publicKey its other half, which says of which kind it is
     * @throws IllegalArgumentException if there is not exactly one, or if it is encrypted or malformed; the message is
     *     the rest of a sentence about the text, without content
     */
    static PrivateKey read(byte[] text, PublicKey publicKey) {
        List<Pem.Block> keys =
                Pem.blocks(text).stream().filter(Pem.Block::isPrivateKey).toList();
        if (keys.size() != 1) {
            throw new IllegalArgumentException("holds " + keys.size() + " private keys in PEM instead of one");
        }
        Pem.Block key = keys.get(0);
        if (key.label().startsWith("ENCRYPTED") || isEncrypted(text, key)) {
            throw new IllegalArgumentException("holds an encrypted private key instead of a plain one");
        }
        byte[] content = key.content(text);
        byte[] pkcs8 = switch (key.label()) {
            case "PRIVATE KEY" -> content;
            case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> wrapped(content, publicKey);
            default ->
                throw new IllegalArgumentException("holds a private key that is neither PKCS#8, PKCS#1 nor SEC 1");
        };
        try {
            return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) { // its message may quote what it read
            throw new IllegalArgumentException("holds a private key that is not a well-formed "
                    + publicKey.getAlgorithm() + " key, as the first certificate needs it");
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(pkcs8, (byte) 0);
        }
    }

    /** Encryption of the old kind is announced by headers, which have colons, as base64 has not. */
    private static boolean isEncrypted(byte[] text, Pem.Block key) {
        for (int at = key.from(); at < key.to(); at++) {
            if (text[at] == ':') {
                return true;
            }
        }
        return false;
    }

    /** Makes PKCS#8 of an older format: what it lacks is the kind of key, which the public half states. */
    private static byte[] wrapped(byte[] content, PublicKey publicKey) {
        return der(SEQUENCE, VERSION_0, algorithm(publicKey.getEncoded()), der(OCTET_STRING, content));
    }

    /** Returns the first element of the sequence that a public key is encoded as. */
    private static byte[] algorithm(byte[] publicKey) {
        int from = 2 + lengthBytes(publicKey, 0);
        int to = from + 2 + lengthBytes(publicKey, from) + length(publicKey, from);
        return Arrays.copyOfRange(publicKey, from, to);
    }

    /** Returns how many bytes of length follow the first one of an element. */
    private static int lengthBytes(byte[] der, int element) {
        int first = der[element + 1] & 0xFF;
        return first < 0x80 ? 0 : first - 0x80;
    }

    private static int length(byte[] der, int element) {
        int count = lengthBytes(der, element);
        int length = count == 0 ? der[element + 1] : 0;
        for (int at = 0; at < count; at++) {
            length = (length << 8) | (der[element + 2 + at] & 0xFF);
        }
        return length;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var element = ByteBuffer.allocate(MAX_HEADER + length).put((byte) tag);
        byte[] minimal = BigInteger.valueOf(length).toByteArray();
        if (length < 0x80) {
            element.put(minimal);
        } else {
            int from = minimal[0] == 0 ? 1 : 0; // a byte for the sign, which DER does not have here
            element.put((byte) (0x80 + minimal.length - from)).put(minimal, from, minimal.length - from);
        }
        for (byte[] part : parts) {
            element.put(part);
        }
        return Arrays.copyOf(element.array(), element.position());
    }

    /** Returns whether what one key signs the other one verifies; true also for kinds of keys that are not known here. */
    static boolean belongTogether(PublicKey publicKey, PrivateKey privateKey) {
        if (!publicKey.getAlgorithm().equals(privateKey.getAlgorithm())) {
            return false;
        }
        String algorithm = switch (publicKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> "";
        };
        return algorithm.isEmpty() || verifies(algorithm, publicKey, privateKey);
    }

    private static boolean verifies(String algorithm, PublicKey publicKey, PrivateKey privateKey) {
        try {
            var signing = Signature.getInstance(algorithm);
            signing.initSign(privateKey);
            signing.update(PROBE);
            byte[] signature = signing.sign();
            var verifying = Signature.getInstance(algorithm);
            verifying.initVerify(publicKey);
            verifying.update(PROBE);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) { // keys of different sizes or curves
            return false;
        }
    }
}
