package io.github.secretsource.view;

import io.github.secretsource.SecretValue;
import jakarta.json.Json;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.io.CharArrayReader;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the claims of a JWT (RFC 7519) without verifying its signature. Stateless. */
final class TokenClaims {
    private static final int MAX_BYTES = 64 * 1_024;
    private static final int MAX_DEPTH = 32;
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}(\\.[0-9]+)?");

    private TokenClaims() {}

    /**
     * What a token says about its life; null where it does not say it.
     *
     * @param issuedAt the claim {@code iat}
     * @param expiresAt the claim {@code exp}
     */
    record Life(@Nullable Instant issuedAt, @Nullable Instant expiresAt) {}

    /**
     * Returns the claims {@code iat} and {@code exp}.
     *
     * @throws IllegalArgumentException if it is no JWT; the message is the rest of a sentence about it, without content
     */
    static Life life(byte[] token) {
        byte[] claims = claims(token);
        try {
            return SecretValue.of(claims).useChars(TokenClaims::life);
        } catch (IllegalStateException e) { // not UTF-8
            throw new IllegalArgumentException("has claims that are not UTF-8 text");
        } finally {
            Arrays.fill(claims, (byte) 0);
        }
    }

    private static byte[] claims(byte[] token) {
        int first = indexOfDot(token, 0);
        int second = indexOfDot(token, first + 1);
        boolean isThreeParts = first > 0 && second > first + 1 && second < token.length - 1;
        if (token.length > MAX_BYTES || !isThreeParts || indexOfDot(token, second + 1) < token.length) {
            throw new IllegalArgumentException("is not a JWT: it has not three parts between two dots");
        }
        try {
            Base64.getUrlDecoder().decode(Arrays.copyOfRange(token, 0, first));
            Base64.getUrlDecoder().decode(Arrays.copyOfRange(token, second + 1, token.length));
            return Base64.getUrlDecoder().decode(Arrays.copyOfRange(token, first + 1, second));
        } catch (IllegalArgumentException e) { // its message has a character of the token
            throw new IllegalArgumentException("is not a JWT: its parts are not all base64url");
        }
    }

    private static int indexOfDot(byte[] token, int from) {
        int at = from;
        while (at < token.length && token[at] != '.') {
            at++;
        }
        return at;
    }

    private static Life life(char[] claims) {
        try {
            // Never closed: closing would put the parser's buffer, with the claims still in it, into a pool.
            return life(Json.createParser(new CharArrayReader(claims)));
        } catch (RuntimeException e) { // a parser's message may quote what it read
            throw new IllegalArgumentException("is not a JWT: its claims are not a JSON object with valid dates");
        }
    }

    private static Life life(JsonParser parser) {
        if (parser.next() != Event.START_OBJECT) {
            throw new IllegalArgumentException("no object");
        }
        Instant issuedAt = null;
        Instant expiresAt = null;
        int depth = 1;
        while (depth > 0) {
            Event event = parser.next();
            String name = depth == 1 && event == Event.KEY_NAME ? parser.getString() : "";
            if (name.equals("iat")) {
                issuedAt = instant(parser, issuedAt);
            } else if (name.equals("exp")) {
                expiresAt = instant(parser, expiresAt);
            } else {
                depth = depth(depth, event);
            }
        }
        if (parser.hasNext()) {
            throw new IllegalArgumentException("more than an object");
        }
        return new Life(issuedAt, expiresAt);
    }

    private static int depth(int before, Event event) {
        return switch (event) {
            case START_OBJECT, START_ARRAY -> {
                if (before == MAX_DEPTH) {
                    throw new IllegalArgumentException("too deep");
                }
                yield before + 1;
            }
            case END_OBJECT, END_ARRAY -> before - 1;
            default -> before;
        };
    }

    /** A date is a number of seconds, which may have a fraction; it is given once. */
    private static Instant instant(JsonParser parser, @Nullable Instant before) {
        if (before != null
                || parser.next() != Event.VALUE_NUMBER
                || !SECONDS.matcher(parser.getString()).matches()) {
            throw new IllegalArgumentException("no date");
        }
        return Instant.ofEpochSecond(Long.parseLong(parser.getString().replaceFirst("\\..*", "")));
    }
}
