package io.github.secretsource.view;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A token of a Kubernetes service account, with the moment at which it expires.
 *
 * <pre>{@code
 * LiveSecret<ServiceAccountToken> token = secrets.live("k8s-token:orders?audience=vault", ServiceAccountToken::from);
 * token.get().token().useChars(text -> client.login(text));
 * }</pre>
 *
 * <p>The token is a JWT whose claims are read and <b>not verified</b>: whoever can write the secret decides what they
 * say. That is enough to know when to expect another token, and not enough to trust one that somebody presents.
 *
 * <p>Immutable and safe for concurrent use. Two are equal if their tokens are. It prints nothing of the token but when
 * it expires.
 */
public final class ServiceAccountToken {
    private static final String TOKEN = "token";
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final SecretValue token;
    private final @Nullable Instant issuedAt;
    private final @Nullable Instant expiresAt;

    private ServiceAccountToken(SecretValue token, @Nullable Instant issuedAt, @Nullable Instant expiresAt) {
        this.token = token;
        this.issuedAt = issuedAt;
        this.expiresAt = expiresAt;
    }

    /**
     * Returns the token in the field {@code token}, which is where a secret of type
     * {@code kubernetes.io/service-account-token} has it. Other fields are ignored.
     *
     * @param secret a secret with that field, or of one value that is the token, such as a projected token's file
     * @return the token
     * @throws SecretFormatException if the field is missing, or if it is not a JWT: three parts of base64url between
     *     two dots, the second of which is a JSON object whose {@code iat} and {@code exp} are dates, if they are there
     */
    public static ServiceAccountToken from(Secret secret) {
        SecretValue token = Parts.part(secret, TOKEN);
        try {
            TokenClaims.Life life = token.use(TokenClaims::life);
            Optional<Instant> first = Stream.concat(Stream.ofNullable(life.expiresAt()), secret.expiresAt().stream())
                    .min(Instant::compareTo);
            return new ServiceAccountToken(token, life.issuedAt(), first.orElse(null));
        } catch (IllegalArgumentException e) { // a message of TokenClaims, which holds no content
            throw Parts.malformed(secret, TOKEN, e);
        }
    }

    /**
     * Returns the token.
     *
     * @return the token, as it goes after {@code Bearer} in a header
     */
    public SecretValue token() {
        return token;
    }

    /**
     * Returns when the token expires: the earlier one of what its claim {@code exp} and its store say.
     *
     * @return a moment on the wall clock of whoever issued it; empty for a token that does not expire
     */
    public Optional<Instant> expiresAt() {
        return Optional.ofNullable(expiresAt);
    }

    /**
     * Returns when another token is due: after four fifths of this one's life, a day after it was issued at the latest.
     * That is when kubelet writes a new one; a source that asks for tokens itself looks again then.
     *
     * @return a moment on the wall clock of whoever issued it; empty if the token does not say when its life begins, or
     *     does not expire
     */
    public Optional<Instant> refreshAt() {
        if (issuedAt == null || expiresAt == null) {
            return Optional.empty();
        }
        Duration wait = Duration.between(issuedAt, expiresAt).multipliedBy(4).dividedBy(5);
        return Optional.of(issuedAt.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServiceAccountToken that && token.equals(that.token);
    }

    /** Salted, as the hash of a {@link SecretValue} is. */
    @Override
    public int hashCode() {
        return token.hashCode();
    }

    @Override
    public String toString() {
        return "ServiceAccountToken[***, expiresAt=" + expiresAt + "]";
    }
}
