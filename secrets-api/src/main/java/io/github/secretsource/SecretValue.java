package io.github.secretsource;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that must not leak. The value leaves only through {@link #reveal}, {@link #revealBytes}, {@link #use} and
 * {@link #useChars}; nothing else prints, serialises or hashes it in the clear.
 *
 * <p>Immutable and safe for concurrent use. Two are equal if their bytes are, compared in constant time. A Java
 * {@code String} cannot be wiped from memory: prefer {@link #use} and {@link #useChars}, which wipe what they lend.
 */
public final class SecretValue {

    /** Transient, since serialisers that read private fields (Gson, Jackson when told to) leave out what is. */
    private final transient byte[] bytes;

    private final @Nullable SecretId origin;

    private SecretValue(byte[] bytes, @Nullable SecretId origin) {
        this.bytes = bytes;
        this.origin = origin;
    }

    /**
     * What is done with a value while it is lent.
     *
     * @param <A> an array, wiped when {@link #with} returns
     * @param <R> what comes out
     * @param <E> what may be thrown
     */
    @FunctionalInterface
    public interface Use<A, R, E extends Exception> {

        /**
         * Uses the lent array.
         *
         * @param lent valid until this method returns, then wiped
         * @return the outcome; never the array itself
         * @throws E as it likes
         */
        R with(A lent) throws E;
    }

    /**
     * Returns a value of text, held as UTF-8.
     *
     * @param text the value; may be empty
     * @return a value
     * @throws IllegalArgumentException if the text holds half a surrogate pair, which UTF-8 cannot hold
     */
    public static SecretValue of(String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException("value is not well-formed Unicode text");
        }
        return new SecretValue(text.getBytes(StandardCharsets.UTF_8), null);
    }

    /**
     * Returns a value of bytes.
     *
     * @param bytes the value; copied; may be empty
     * @return a value
     */
    public static SecretValue of(byte[] bytes) {
        return new SecretValue(bytes.clone(), null);
    }

    /** The same bytes, shared, with the id that errors are to name. */
    SecretValue from(SecretId id) {
        return new SecretValue(bytes, id);
    }

    /** Wraps without copying; for bytes that the caller has just made and forgets. */
    static SecretValue owning(byte[] bytes, @Nullable SecretId origin) {
        return new SecretValue(bytes, origin);
    }

    /** The bytes themselves, for code of this package that only reads them. */
    byte[] borrowed() {
        return bytes;
    }

    /**
     * Returns the value as text.
     *
     * @return the text, read as strict UTF-8
     * @throws SecretFormatException if the bytes are not UTF-8, for a value that came from a source
     * @throws IllegalStateException if the bytes are not UTF-8, for a value made by {@link #of(byte[])}
     */
    public String reveal() {
        char[] chars = decode();
        try {
            return new String(chars);
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    /**
     * Returns the value as bytes.
     *
     * @return a copy
     */
    public byte[] revealBytes() {
        return bytes.clone();
    }

    /**
     * Lends the value as bytes and wipes them afterwards.
     *
     * @param f what to do with them, on this thread
     * @param <R> what comes out
     * @param <E> what {@code f} may throw
     * @return what {@code f} returned
     * @throws E what {@code f} threw
     */
    public <R, E extends Exception> R use(Use<byte[], R, E> f) throws E {
        byte[] lent = bytes.clone();
        try {
            return f.with(lent);
        } finally {
            Arrays.fill(lent, (byte) 0);
        }
    }

    /**
     * Lends the value as characters and wipes them afterwards.
     *
     * @param f what to do with them, on this thread
     * @param <R> what comes out
     * @param <E> what {@code f} may throw
     * @return what {@code f} returned
     * @throws E what {@code f} threw
     * @throws SecretFormatException if the bytes are not UTF-8, for a value that came from a source
     * @throws IllegalStateException if the bytes are not UTF-8, for a value made by {@link #of(byte[])}
     */
    public <R, E extends Exception> R useChars(Use<char[], R, E> f) throws E {
        char[] lent = decode();
        try {
            return f.with(lent);
        } finally {
            Arrays.fill(lent, '\0');
        }
    }

    private char[] decode() {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        char[] exact = Arrays.copyOf(out.array(), out.position());
        Arrays.fill(out.array(), '\0');
        if (result.isError()) {
            Arrays.fill(exact, '\0');
            throw notText(in.position());
        }
        return exact;
    }

    private RuntimeException notText(int offset) {
        String problem = "is not UTF-8 text at byte " + offset;
        if (origin == null) {
            return new IllegalStateException("value " + problem + "; use revealBytes()");
        }
        return new SecretFormatException(origin, problem, "read it with revealBytes() or use()");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SecretValue that && MessageDigest.isEqual(bytes, that.bytes);
    }

    /** Salted with a random number of this process, so that a hash tells nothing about the value outside of it. */
    @Override
    public int hashCode() {
        return Salt.hash(bytes);
    }

    @Override
    public String toString() {
        return "SecretValue[***]";
    }

    /** Loaded only where somebody hashes a value. */
    private static final class Salt {

        private static final byte[] SALT = new byte[32];

        static {
            new java.security.SecureRandom().nextBytes(SALT);
        }

        static int hash(byte[] bytes) {
            try {
                var digest = MessageDigest.getInstance("SHA-256");
                digest.update(SALT);
                return ByteBuffer.wrap(Objects.requireNonNull(digest.digest(bytes)))
                        .getInt();
            } catch (java.security.NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }
    }
}
