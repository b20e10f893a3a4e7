package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;

/** Writes certificates byte by byte, since the JDK has nothing public that does, and keytool takes a second each. */
final class TestCertificates {
    private static final byte[] COMMON_NAME = hex("0603550403");
    private static final byte[] ANY_USE = extension("0603551d13", new byte[] {0x30, 0x00});
    private static final byte[] AUTHORITY = extension("0603551d13", hex("30030101ff"));
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

    private TestCertificates() {}

    /** Returns a certificate that is valid from yesterday on for a month, for a host named as its subject. */
    static X509Certificate make(
            String issuer, PrivateKey issuerKey, String subject, PublicKey key, long serial, boolean isAuthority)
            throws Exception {
        byte[] algorithm = algorithm(issuerKey.getAlgorithm());
        byte[] body = sequence(
                der(0xA0, hex("020102")),
                der(0x02, BigInteger.valueOf(serial).toByteArray()),
                algorithm,
                name(issuer),
                sequence(time(-1), time(30)),
                name(subject),
                key.getEncoded(),
                der(0xA3, sequence(isAuthority ? AUTHORITY : ANY_USE, host(subject))));
        var signing = Signature.getInstance(signature(issuerKey.getAlgorithm()));
        signing.initSign(issuerKey);
        signing.update(body);
        byte[] certificate = sequence(body, algorithm, der(0x03, new byte[] {0}, signing.sign()));
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    }

    /** Returns an element of DER. */
    static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        var element = ByteBuffer.allocate(4 + length).put((byte) tag);
        if (length < 0x80) {
            element.put((byte) length);
        } else if (length < 0x100) {
            element.put((byte) 0x81).put((byte) length);
        } else {
            element.put((byte) 0x82).putShort((short) length);
        }
        for (byte[] part : parts) {
            element.put(part);
        }
        return Arrays.copyOf(element.array(), element.position());
    }

    static byte[] sequence(byte[]... parts) {
        return der(0x30, parts);
    }

    private static byte[] name(String name) {
        return sequence(der(0x31, sequence(COMMON_NAME, der(0x0C, name.getBytes(UTF_8)))));
    }

    private static byte[] time(int days) {
        String time = TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusDays(days));
        return der(0x18, time.getBytes(US_ASCII));
    }

    private static byte[] host(String name) {
        return extension("0603551d11", sequence(der(0x82, name.getBytes(US_ASCII))));
    }

    private static byte[] extension(String id, byte[] content) {
        return sequence(hex(id), der(0x04, content));
    }

    private static String signature(String key) {
        return switch (key) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
    }

    private static byte[] algorithm(String key) {
        return sequence(
                switch (key) {
                    case "RSA" -> hex("06092a864886f70d01010b0500");
                    case "EC" -> hex("06082a8648ce3d040302");
                    default -> hex("06032b6570");
                });
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
